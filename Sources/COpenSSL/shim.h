#ifndef LANGQIAO_COPENSSL_SHIM_H
#define LANGQIAO_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Macros that Swift does not import.
static inline EVP_PKEY *langqiao_generate_p256(void) {
    return EVP_EC_gen("P-256");
}

#endif
