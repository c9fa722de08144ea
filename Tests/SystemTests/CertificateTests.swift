internal import Certificates
internal import ForeignPrograms
internal import Foundation
internal import HTTP2
internal import Testing

extension SystemTests {
    @Suite("Certificates end, are revoked and change while a gateway serves")
    struct CertificateTests {
        private static let patience = 200

        @Test(.needs("python3"), .timeLimit(.minutes(2)))
        func connectionsEndWithTheirCertificates() async throws {
            let gateway = try await GatewayUnderTest(banks: [])
            do {
                let files = try CertificateBench(gateway)
                try files.write("clients", try files.first.authority().certificatePEM)
                try files.write("revoked", try files.first.revocationList(of: []))
                gateway.serveArguments = [
                    "--client-authority", files.path("clients"), "--revocation-list",
                    files.path("revoked"),
                ]
                try await gateway.start()
                try await validityEnds(gateway, files)
                try await revocationEnds(gateway, files)
                try await authoritiesChange(gateway, files)
                try await whatDoesNotFitStaysOut(gateway, files)
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// Three seconds long the certificate speaks; then the connection is over, and so is what a
        /// resumed session may do.
        private func validityEnds(
            _ gateway: GatewayUnderTest, _ files: CertificateBench
        ) async throws {
            try files.issue("short", by: files.first, seconds: 3)
            let open = try await BankClient.connect(gateway.endpoint, as: "short")
            let (port, directory) = (gateway.port, gateway.directory)
            async let old = Self.resume(port, directory, "TLSv1_2")
            async let new = Self.resume(port, directory, "TLSv1_3")
            #expect(try await status(open) == 200)
            #expect(await isEnded(open))
            await open.close()
            let late = try await refusal(gateway, "short")
            #expect(late.contains("not valid since"))
            for lines in try await [old, new] {
                #expect(lines.count == 3)
                #expect(lines.prefix(2).allSatisfy { !$0.contains("UNAUTHENTICATED") }, "\(lines)")
                #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("True") }, "\(lines)")
                #expect(lines.last?.contains("not valid since") == true, "\(lines)")
            }
        }

        /// What a program saw that resumes its sessions; it ends after its certificate.
        private static func resume(
            _ port: Int, _ directory: String, _ version: String
        ) async throws -> [Substring] {
            let python = try #require(Installed.path(of: "python3"))
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Python/resume.py").path
            let output = try await ChildProgram.run(
                python,
                [
                    script, "\(port)", "\(directory)/certificates/ca.pem",
                    "\(directory)/certificates/bank-short.pem",
                    "\(directory)/certificates/bank-short-key.pem", version,
                ], in: directory)
            return output.split(separator: "\n")
        }

        private func revocationEnds(
            _ gateway: GatewayUnderTest, _ files: CertificateBench
        ) async throws {
            let certificate = try files.issue("lost", by: files.first)
            try files.issue("kept", by: files.first)
            let lost = try await BankClient.connect(gateway.endpoint, as: "lost")
            let kept = try await BankClient.connect(gateway.endpoint, as: "kept")
            #expect(try await status(lost) == 200)
            // Found without a signal.
            try files.write("revoked", try files.first.revocationList(of: [certificate]))
            #expect(await isEnded(lost))
            #expect(try await status(kept) == 200)
            #expect(try await refusal(gateway, "lost").contains("revoked"))
            await lost.close()
            await kept.close()
        }

        private func authoritiesChange(
            _ gateway: GatewayUnderTest, _ files: CertificateBench
        ) async throws {
            let second = try DevelopmentAuthority(commonName: "Langqiao development authority")
            try files.issue("old", by: files.first)
            try files.issue("new", by: second)
            let old = try await BankClient.connect(gateway.endpoint, as: "old")
            #expect(try await status(old) == 200)
            await #expect(throws: (any Error).self) {
                try await status(try await BankClient.connect(gateway.endpoint, as: "new"))
            }
            let (firstPEM, secondPEM) = (
                try files.first.authority().certificatePEM, try second.authority().certificatePEM
            )
            try files.write("clients", firstPEM + secondPEM)
            gateway.hangUp()
            let new = try await connectSoon(gateway, "new")
            #expect(try await status(old) == 200, "both are believed")
            try files.write("clients", secondPEM)
            gateway.hangUp()
            #expect(await isEnded(old))
            #expect(try await status(new) == 200)
            await #expect(throws: (any Error).self) {
                try await status(try await BankClient.connect(gateway.endpoint, as: "old"))
            }
            await old.close()
            await new.close()
        }

        private func whatDoesNotFitStaysOut(
            _ gateway: GatewayUnderTest, _ files: CertificateBench
        ) async throws {
            let other = try files.first.issue(
                commonName: "localhost", for: .server(names: ["localhost"], addresses: []))
            try files.write("server", other.certificatePEM)
            gateway.hangUp()
            for _ in 0..<Self.patience where !gateway.log.contains("old ones stay in force") {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(gateway.log.contains("old ones stay in force"))
            await (try await connectSoon(gateway, "new")).close()
        }

        // MARK: Asking

        private func status(_ client: BankClient) async throws -> Int {
            try await client.send("GET", "/v1/participants").status
        }

        /// Why a new connection with this certificate is nobody's.
        private func refusal(_ gateway: GatewayUnderTest, _ name: String) async throws -> String {
            let client = try await BankClient.connect(gateway.endpoint, as: name)
            let reply = try await client.send("GET", "/v1/participants")
            await client.close()
            #expect(reply.status == 401)
            return reply.problem?.detail ?? ""
        }

        private func isEnded(_ client: BankClient) async -> Bool {
            for _ in 0..<Self.patience {
                guard (try? await status(client)) != nil else { return true }
                try? await Task.sleep(for: .milliseconds(50))
            }
            return false
        }

        private func connectSoon(
            _ gateway: GatewayUnderTest, _ name: String
        ) async throws -> BankClient {
            for _ in 0..<Self.patience {
                if let client = try? await BankClient.connect(gateway.endpoint, as: name) {
                    if (try? await status(client)) == 200 { return client }
                    await client.close()
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            throw TestFailure("\(name) is never let in")
        }
    }
}
