internal import NIOCore
internal import NIOSSL

extension PeerIdentity {
    /// The identity behind a finished handshake. Nil without TLS or without a certificate;
    /// a certificate that cannot be verified never gets here, as it fails the handshake.
    static func verified(
        _ context: ChannelHandlerContext, _ credentials: PeerCredentials?
    ) -> PeerIdentity? {
        let pipeline = context.channel.pipeline.syncOperations
        guard let certificate = try? pipeline.nioSSL_peerCertificate() else { return nil }
        var identity = PeerIdentity(certificate)
        credentials?.complete(certificate)
        identity.refusal = credentials?.refusal
        return identity
    }

    /// What a certificate says of its holder, whoever signed it; nil where it cannot be read.
    package init?(der: [UInt8]) {
        guard let certificate = try? NIOSSLCertificate(bytes: der, format: .der) else {
            return nil
        }
        self.init(certificate)
    }

    init(_ certificate: NIOSSLCertificate) {
        let uris = certificate._subjectAlternativeNames()
            .filter { $0.nameType == .uri }
            .map { $0.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
        let name = (try? certificate.toDERBytes()).flatMap { subjectCommonName(ofCertificate: $0) }
        self.init(subjectAlternativeURIs: uris, commonName: name)
    }
}

/// The last common name of the subject of a DER certificate (RFC 5280 §4.1).
///
/// NIOSSL keeps this to itself, and its description is not safe to take apart: a name may contain
/// any text, its separators included.
package func subjectCommonName(ofCertificate der: [UInt8]) -> String? {
    var outer = DERReader(der[...])
    guard var certificate = outer.enter(0x30), var body = certificate.enter(0x30) else {
        return nil
    }
    // An explicit version comes first in every certificate newer than version 1.
    if body.nextTag == 0xA0 { _ = body.next() }
    // Serial number, signature algorithm, issuer, validity.
    for _ in 0..<4 { _ = body.next() }
    guard var subject = body.enter(0x30) else { return nil }
    var found: String?
    while var set = subject.enter(0x31) {
        while var attribute = set.enter(0x30) {
            guard let type = attribute.next(), let value = attribute.next() else { return found }
            if type.tag == 0x06 && type.contents.elementsEqual([0x55, 0x04, 0x03]) {
                found = String(decoding: value.contents, as: UTF8.self)
            }
        }
    }
    return found
}

/// Walks DER elements; every step is bounds-checked.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var nextTag: UInt8? { rest.first }

    mutating func next() -> (tag: UInt8, contents: ArraySlice<UInt8>)? {
        guard rest.count >= 2 else { return nil }
        let tag = rest.removeFirst()
        var length = Int(rest.removeFirst())
        if length >= 0x80 {
            let octets = length & 0x7F
            guard octets >= 1, octets <= 4, rest.count >= octets else { return nil }
            length = rest.prefix(octets).reduce(0) { $0 << 8 | Int($1) }
            rest.removeFirst(octets)
        }
        guard rest.count >= length else { return nil }
        let contents = rest.prefix(length)
        rest.removeFirst(length)
        return (tag, contents)
    }

    mutating func enter(_ tag: UInt8) -> DERReader? {
        guard nextTag == tag, let element = next() else { return nil }
        return DERReader(element.contents)
    }
}
