import Certificates
import Foundation
import Testing

@Suite struct ClientTrustTests {
    private typealias Validity = DevelopmentAuthority.Validity

    private let authority: DevelopmentAuthority
    private let bank: DevelopmentAuthority.Issued

    init() throws {
        authority = try DevelopmentAuthority(commonName: "Test authority")
        bank = try authority.issue(commonName: "bank", for: .client(uri: "urn:bank"))
    }

    private func trust(
        _ authorities: DevelopmentAuthority..., lists: [UInt8]? = nil
    ) throws -> ClientTrust {
        let pem = try authorities.map { try $0.authority().certificatePEM }.joined()
        return try ClientTrust(authorities: Array(pem.utf8), revocationLists: lists)
    }

    private func refusal(_ verdict: ClientVerdict) -> String? {
        if case .refused(let reason) = verdict { return reason }
        return nil
    }

    private func isTrusted(_ verdict: ClientVerdict) -> Bool {
        if case .trusted = verdict { return true }
        return false
    }

    @Test func authoritiesVouchForTheirOwn() throws {
        // A namesake with another key: what bears its signature is its own.
        let namesake = try DevelopmentAuthority(commonName: "Test authority")
        let other = try namesake.issue(commonName: "other", for: .client(uri: "urn:other"))
        let server = try authority.issue(
            commonName: "server", for: .server(names: ["localhost"], addresses: []))
        let one = try trust(authority)
        #expect(isTrusted(one.judge([der(bank)])))
        for untrusted in [[], [[]], [[0x30, 0x03, 1, 1]], [der(other)], [der(server)]] {
            guard case .untrusted = one.judge(untrusted) else {
                Issue.record("\(untrusted.map(\.count)): \(one.judge(untrusted))")
                continue
            }
        }
        // Judged as the other end of a connection it is the other way round.
        #expect(isTrusted(one.judge([der(server)], as: .server)))
        #expect(!isTrusted(one.judge([der(bank)], as: .server)))
        // Two authorities during a change, in either order and of the same name.
        for both in [try trust(authority, namesake), try trust(namesake, authority)] {
            #expect(isTrusted(both.judge([der(bank)])))
            #expect(isTrusted(both.judge([der(other), der(bank)])))
        }
    }

    @Test func validityIsCounted() throws {
        let trust = try trust(authority)
        func judge(_ validity: Validity) throws -> ClientVerdict {
            trust.judge([
                der(
                    try authority.issue(
                        commonName: "b", for: .client(uri: "urn:b"), validity: validity))
            ])
        }
        guard case .trusted(let seconds) = try judge(Validity(until: 90)) else {
            Issue.record("a certificate that is valid is believed")
            return
        }
        #expect((80...90).contains(seconds))
        #expect(refusal(try judge(Validity(until: -1)))?.contains("not valid since") == true)
        #expect(refusal(try judge(Validity(from: 60)))?.contains("not valid before") == true)
    }

    private static let keys: [(DevelopmentAuthority.KeyKind, String?)] = [
        (.rsa(bits: 1_024), "RSA key has 1024 bits; at least 2048"),
        (.rsa(bits: 2_040), "RSA key has 2040 bits"),
        (.rsa(bits: 2_048), nil), (.rsa(bits: 3_072), nil),
        (.curve("P-256"), nil), (.curve("P-384"), nil), (.curve("P-521"), nil), (.ed25519, nil),
        (.curve("P-224"), "curve secp224r1"), (.curve("secp256k1"), "curve secp256k1"),
        (.curve("brainpoolP256r1"), "curve brainpoolP256r1"),
    ]

    @Test(arguments: keys)
    func keysAreStrongOrRefusedWithTheReason(
        _ kind: DevelopmentAuthority.KeyKind, _ reason: String?
    ) throws {
        let issued = try authority.issue(
            commonName: "b", for: .client(uri: "urn:b"), key: kind)
        let verdict = try trust(authority).judge([der(issued)])
        guard let reason else {
            #expect(isTrusted(verdict), "\(verdict)")
            return
        }
        #expect(refusal(verdict)?.contains(reason) == true, "\(verdict)")
    }

    @Test func listsRevoke() throws {
        let other = try authority.issue(commonName: "other", for: .client(uri: "urn:other"))
        let list = try authority.revocationList(of: [bank.certificatePEM])
        let binary = try #require(Data(base64Encoded: body(list)))
        // Several lists in one file, as text and as bytes.
        let empty = try authority.revocationList(of: [])
        let emptyBinary = try #require(Data(base64Encoded: body(empty)))
        for file in [Array((empty + list).utf8), Array(emptyBinary + binary)] {
            let trust = try trust(authority, lists: file)
            #expect(refusal(trust.judge([der(bank)])) == "the certificate is revoked")
            #expect(isTrusted(trust.judge([der(other)])))
        }
        // Overdue: said, and still in force.
        let old = try authority.revocationList(
            of: [bank.certificatePEM], validity: Validity(from: -100, until: -10))
        let late = try trust(authority, lists: Array(old.utf8))
        #expect(late.overdueLists.count == 1)
        #expect(refusal(late.judge([der(bank)])) != nil)
    }

    @Test func listsBearTheirAuthoritysSignature() throws {
        let namesake = try DevelopmentAuthority(commonName: "Test authority")
        let stranger = try DevelopmentAuthority(commonName: "Somebody")
        let forged = Array(try namesake.revocationList(of: [bank.certificatePEM]).utf8)
        #expect(throws: CertificateError.self) { try trust(authority, lists: forged) }
        // Its own revocations are not the namesake's, even with the same numbers.
        let both = try trust(authority, namesake, lists: forged)
        #expect(isTrusted(both.judge([der(bank)])))
        let strange = try trust(
            authority, lists: Array(try stranger.revocationList(of: [bank.certificatePEM]).utf8))
        #expect(strange.warnings.count == 1)
        #expect(isTrusted(strange.judge([der(bank)])))
    }

    /// A file that was cut off somewhere would revoke less than it should.
    @Test func brokenFilesAreErrors() throws {
        let list = try authority.revocationList(of: [bank.certificatePEM])
        let two = Array((list + list).utf8)
        let binary = try #require(Data(base64Encoded: body(list)))
        for cut in [0, 10, list.utf8.count / 2, list.utf8.count + 40, two.count - 30] {
            #expect(throws: CertificateError.self, "cut at \(cut)") {
                try trust(authority, lists: Array(two.prefix(cut)))
            }
        }
        for cut in [1, binary.count / 2, binary.count - 1, binary.count + 5] {
            #expect(throws: CertificateError.self, "cut at \(cut)") {
                try trust(authority, lists: Array((binary + binary).prefix(cut)))
            }
        }
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n", bank.keyPEM] {
            #expect(throws: CertificateError.self) {
                try ClientTrust(authorities: Array(text.utf8))
            }
        }
    }

    private func der(_ issued: DevelopmentAuthority.Issued) -> [UInt8] {
        Array(Data(base64Encoded: body(issued.certificatePEM)) ?? Data())
    }

    /// What stands between the lines of a PEM text.
    private func body(_ pem: String) -> String {
        pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    }
}
