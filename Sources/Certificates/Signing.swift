internal import COpenSSL

// How a development authority makes what it signs.

extension Certificate {
    /// Signs a new certificate; without an issuer it signs itself.
    convenience init(
        commonName: String, key: PrivateKey, issuer: Certificate?, issuerKey: PrivateKey,
        validity: DevelopmentAuthority.Validity, extensions: [(Int32, String)]
    ) throws(CertificateError) {
        guard let certificate = X509_new() else { throw CertificateError("new certificate") }
        self.init(owning: certificate)
        try setSerialNumber()
        let name = X509_get_subject_name(pointer)
        let isPrepared =
            X509_set_version(pointer, 2) == 1
            && X509_gmtime_adj(X509_getm_notBefore(pointer), validity.from) != nil
            && X509_gmtime_adj(X509_getm_notAfter(pointer), validity.until) != nil
            && X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, "Langqiao", -1, -1, 0) == 1
            && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, commonName, -1, -1, 0) == 1
            && X509_set_issuer_name(
                pointer, X509_get_subject_name(issuer?.pointer ?? pointer)) == 1
            && X509_set_pubkey(pointer, key.pointer) == 1
        guard isPrepared else { throw CertificateError("fill in certificate") }
        for (identifier, value) in extensions {
            try add(identifier, value, issuer: issuer?.pointer ?? pointer)
        }
        guard X509_sign(pointer, issuerKey.pointer, issuerKey.digest) > 0 else {
            throw CertificateError("sign certificate")
        }
    }

    private func setSerialNumber() throws(CertificateError) {
        guard let number = BN_new() else { throw CertificateError("new serial number") }
        defer { BN_free(number) }
        guard BN_rand(number, 127, 0, 0) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil
        else { throw CertificateError("draw serial number") }
    }

    private func add(
        _ identifier: Int32, _ value: String, issuer: OpaquePointer
    ) throws(CertificateError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, pointer, nil, nil, 0)
        guard let item = X509V3_EXT_conf_nid(nil, &context, identifier, value) else {
            throw CertificateError("make extension \(value)")
        }
        defer { X509_EXTENSION_free(item) }
        guard X509_add_ext(pointer, item, -1) == 1 else {
            throw CertificateError("add extension \(value)")
        }
    }
}

extension RevocationList {
    /// Signs a new list of these certificates.
    convenience init(
        of revoked: [Certificate], issuer: Certificate, key: PrivateKey,
        validity: DevelopmentAuthority.Validity
    ) throws(CertificateError) {
        guard let list = X509_CRL_new() else { throw CertificateError("new revocation list") }
        self.init(owning: list)
        let made = X509_gmtime_adj(nil, validity.from)
        let next = X509_gmtime_adj(nil, validity.until)
        defer {
            ASN1_TIME_free(made)
            ASN1_TIME_free(next)
        }
        let isPrepared =
            X509_CRL_set_version(pointer, 1) == 1
            && X509_CRL_set_issuer_name(pointer, X509_get_subject_name(issuer.pointer)) == 1
            && X509_CRL_set1_lastUpdate(pointer, made) == 1
            && X509_CRL_set1_nextUpdate(pointer, next) == 1
        guard isPrepared else { throw CertificateError("fill in revocation list") }
        for certificate in revoked { try add(certificate, at: made) }
        guard X509_CRL_sort(pointer) == 1, X509_CRL_sign(pointer, key.pointer, key.digest) > 0
        else { throw CertificateError("sign revocation list") }
    }

    private func add(
        _ certificate: Certificate, at time: UnsafeMutablePointer<ASN1_TIME>?
    ) throws(CertificateError) {
        guard let entry = X509_REVOKED_new() else { throw CertificateError("new revocation") }
        let serial = X509_get_serialNumber(certificate.pointer)
        guard X509_REVOKED_set_serialNumber(entry, serial) == 1,
            X509_REVOKED_set_revocationDate(entry, time) == 1,
            X509_CRL_add0_revoked(pointer, entry) == 1
        else {
            X509_REVOKED_free(entry)
            throw CertificateError("fill in revocation")
        }
    }

    func pem() throws(CertificateError) -> String {
        let buffer = try Buffer()
        guard PEM_write_bio_X509_CRL(buffer.pointer, pointer) == 1 else {
            throw CertificateError("write revocation list")
        }
        return buffer.text
    }
}
