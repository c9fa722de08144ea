#ifndef LANGQIAO_COPENSSL_SHIM_H
#define LANGQIAO_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

// Macros that Swift does not import.
static inline EVP_PKEY *langqiao_generate_p256(void) {
    return EVP_EC_gen("P-256");
}

static inline EVP_PKEY *langqiao_generate_rsa(size_t bits) {
    return EVP_RSA_gen(bits);
}

static inline EVP_PKEY *langqiao_generate_curve(const char *name) {
    return EVP_EC_gen(name);
}

static inline int langqiao_print_name(BIO *out, const X509_NAME *name) {
    return X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

// Stacks are made of macros.
static inline STACK_OF(X509) *langqiao_stack_new(void) {
    return sk_X509_new_null();
}

static inline int langqiao_stack_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}

static inline int langqiao_stack_count(const STACK_OF(X509) *stack) {
    return sk_X509_num(stack);
}

static inline X509 *langqiao_stack_item(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}

static inline void langqiao_stack_free(STACK_OF(X509) *stack) {
    sk_X509_free(stack);
}

#endif
