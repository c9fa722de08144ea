internal import Certificates
internal import Foundation

/// Issues certificates into a gateway's directory; operators', for nobody registers those.
struct CertificateBench {
    private let directory: String
    /// The authority that `init` made.
    let first: DevelopmentAuthority

    init(_ gateway: GatewayUnderTest) throws {
        directory = gateway.certificates
        first = try DevelopmentAuthority(
            certificatePEM: String(contentsOfFile: "\(directory)/ca.pem", encoding: .utf8),
            keyPEM: String(contentsOfFile: "\(directory)/ca-key.pem", encoding: .utf8))
    }

    func path(_ name: String) -> String { "\(directory)/\(name).pem" }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    /// - Parameters:
    ///   - name: of the files, and of the operator unless another one is given.
    /// - Returns: the certificate, PEM.
    @discardableResult
    func issue(
        _ name: String, by authority: DevelopmentAuthority, as person: String? = nil,
        seconds: Int = 86_400
    ) throws -> String {
        let issued = try authority.issue(
            commonName: name, for: .client(uri: "urn:langqiao:operator:\(person ?? name)"),
            validity: .init(until: seconds))
        try write("bank-\(name)", issued.certificatePEM)
        try write("bank-\(name)-key", issued.keyPEM)
        return issued.certificatePEM
    }
}
