#ifndef LANGQIAO_COPENSSL_SHIM_H
#define LANGQIAO_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
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

// The public point of a scalar on the curve of SM2, both big endian: 04, then x and y. 0 for a
// scalar that GB/T 32918 does not allow, which is zero, or the order less one and more.
static inline int langqiao_sm2_point(const unsigned char scalar[32], unsigned char point[65]) {
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    BIGNUM *number = BN_bin2bn(scalar, 32, NULL), *least = BN_new();
    EC_POINT *place = group ? EC_POINT_new(group) : NULL;
    int made = place && number && least && !BN_is_zero(number)
        && BN_sub(least, EC_GROUP_get0_order(group), BN_value_one()) && BN_cmp(number, least) < 0
        && EC_POINT_mul(group, place, number, NULL, NULL, NULL)
        && EC_POINT_point2oct(group, place, POINT_CONVERSION_UNCOMPRESSED, point, 65, NULL) == 65;
    EC_POINT_free(place);
    BN_free(least);
    BN_clear_free(number);
    EC_GROUP_free(group);
    return made;
}

// A key for SM2 of its point and, where it is to sign, of its scalar. NULL for a point that is not
// on the curve.
static inline EVP_PKEY *langqiao_sm2_key(
    const unsigned char point[65], const unsigned char *scalar) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *number = scalar ? BN_secure_new() : NULL;
    OSSL_PARAM *parameters = NULL;
    if (context && build
        && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0)
        && OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 65)
        && (!scalar || (number && BN_bin2bn(scalar, 32, number)
            && OSSL_PARAM_BLD_push_BN_pad(build, OSSL_PKEY_PARAM_PRIV_KEY, number, 32)))
        && (parameters = OSSL_PARAM_BLD_to_param(build))
        && EVP_PKEY_fromdata_init(context) == 1) {
        int selection = scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
        if (EVP_PKEY_fromdata(context, &key, selection, parameters) != 1) key = NULL;
    }
    OSSL_PARAM_free(parameters);
    BN_clear_free(number);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

#endif
