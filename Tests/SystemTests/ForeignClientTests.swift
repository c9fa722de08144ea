internal import ForeignPrograms
internal import Foundation
internal import Gateway
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    @Suite("Programs nobody here wrote use the gateway")
    struct ForeignClientTests {
        // MARK: h2load

        static let requests = 2_000

        @Test(
            "h2load: distinct UETRs by PUT, each 2xx and on record once",
            .needs("h2load"))
        func h2load() async throws {
            let gateway = try await Market.open()
            do {
                try await load(gateway)
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private func load(_ gateway: GatewayUnderTest) async throws {
            let bank = Market.chinese[0]
            let bridge = try await CertificateBridge.start(to: gateway.endpoint, as: bank)
            let uetrs = (0..<Self.requests).map { _ in UUID().uuidString.lowercased() }
            let uris = uetrs.map { "http://127.0.0.1:\(bridge.port)/v1/payments/\($0)" }
            try uris.joined(separator: "\n").write(
                toFile: "\(gateway.directory)/uris", atomically: true, encoding: .utf8)
            var order = Market.order(from: bank, to: Market.thai[0])
            order.uetr = ""
            try order.jsonString().write(
                toFile: "\(gateway.directory)/order.json", atomically: true, encoding: .utf8)
            // One client: every client would go through the whole list of URIs by itself.
            let report = try await ChildProgram.run(
                try #require(Installed.path(of: "h2load")),
                [
                    "-n", "\(uetrs.count)", "-c", "1", "-m", "50", "-i",
                    "\(gateway.directory)/uris", "-d", "\(gateway.directory)/order.json", "-H",
                    ":method: PUT", "-H", "content-type: application/json",
                ], in: gateway.directory)
            await bridge.stop()
            let lines = report.split(separator: "\n").filter {
                $0.hasPrefix("requests:") || $0.hasPrefix("status codes:")
                    || $0.hasPrefix("finished")
            }
            print("h2load: \(lines.joined(separator: "; "))")
            #expect(report.contains("status codes: \(uetrs.count) 2xx, 0 3xx, 0 4xx, 0 5xx"))
            #expect(
                report.contains(
                    "\(uetrs.count) done, \(uetrs.count) succeeded, 0 failed, 0 errored"))
            let client = try await BankClient.connect(gateway.endpoint, as: bank)
            var listed: [String] = []
            var page = ProtoListPaymentsResponse()
            repeat {
                page = try await client.get(
                    "GET", "/v1/payments?page_size=1000&page_token=\(page.nextPageToken)")
                listed += page.payments.map(\.uetr)
            } while !page.nextPageToken.isEmpty
            await client.close()
            #expect(listed.sorted() == uetrs.sorted())
        }

        // MARK: curl

        @Test("curl --http2: put, get, list, cancel, watch, pacs.008", .needs("curl"))
        func curl() async throws {
            let gateway = try await Market.open()
            do {
                try await payments(gateway)
                try await messages(gateway)
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private func payments(_ gateway: GatewayUnderTest) async throws {
            let (chinese, thai) = (Market.chinese[0], Market.thai[0])
            let watch = try ChildProgram(
                try #require(Installed.path(of: "curl")),
                curlArguments(gateway, chinese, ["-N", "/v1/payments:watch"]),
                in: gateway.directory, name: "watch")
            // The watch shows changes from now on, so it must be there before there are any.
            try await waitUntil("the watch is there") {
                try await metric(gateway, "langqiao_connections_open") >= 2
            }
            let one = Market.order(from: chinese, to: thai)
            let two = Market.order(from: thai, to: chinese)
            let put = try await curl(gateway, chinese, try put(one), as: ProtoPayment.self)
            #expect(put.status == "PDNG")
            let settled = try await curl(gateway, thai, try self.put(two), as: ProtoPayment.self)
            #expect(settled.status == "ACSC" && settled.received.amount == "100.00")
            let got = try await curl(
                gateway, chinese, ["/v1/payments/\(one.uetr)"], as: ProtoPayment.self)
            #expect(got.status == "ACSC" && got.fills.count == 1)
            let third = Market.order(from: chinese, to: thai)
            _ = try await curl(gateway, chinese, try self.put(third), as: ProtoPayment.self)
            let cancelled = try await curl(
                gateway, chinese, ["-X", "POST", "/v1/payments/\(third.uetr):cancel"],
                as: ProtoPayment.self)
            #expect(cancelled.status == "CANC" && cancelled.held.amount == "0.00")
            let list = try await curl(
                gateway, chinese, ["/v1/payments?status=CANC"], as: ProtoListPaymentsResponse.self)
            #expect(list.payments.map(\.uetr) == [third.uetr])
            try await waitUntil("the watch has seen it all") {
                watch.outputText.split(separator: "\n").count >= 4
            }
            watch.send(SIGTERM)
            try await watch.end()
            let seen = try watch.outputText.split(separator: "\n").map {
                try ProtoPayment(jsonString: String($0))
            }
            let own = seen.filter { $0.payer == chinese }.map { "\($0.uetr) \($0.status)" }
            #expect(
                own == [
                    "\(one.uetr) PDNG", "\(one.uetr) ACSC", "\(third.uetr) PDNG",
                    "\(third.uetr) CANC",
                ])
            print("curl: put, get, list, cancel, \(seen.count) changes watched")
        }

        /// Two credit transfers that flow in opposite directions settle each other.
        private func messages(_ gateway: GatewayUnderTest) async throws {
            let there = CreditTransferSample(
                debtorAgent: Market.chinese[0], creditorAgent: Market.thai[1],
                instructed: ("CNY", "1000.00"), settlement: ("THB", "4900.00"), rate: "4.9")
            let back = CreditTransferSample(
                debtorAgent: Market.thai[1], creditorAgent: Market.chinese[0],
                instructed: ("THB", "4900.00"), settlement: ("CNY", "1000.00"),
                rate: "0.2040816326")
            let first = try await send(there, gateway)
            #expect(first.contains("<TxSts>PDNG</TxSts>"), "\(first)")
            let second = try await send(back, gateway)
            #expect(second.contains("<TxSts>ACSC</TxSts>"), "\(second)")
            for (sample, answer) in [(there, first), (back, second)] {
                #expect(answer.contains("pacs.002.001.10") && answer.contains(sample.uetr))
                let payment = try await curl(
                    gateway, sample.debtorAgent, ["/v1/payments/\(sample.uetr)"],
                    as: ProtoPayment.self)
                #expect(payment.status == "ACSC" && payment.fills.count == 1)
                #expect(payment.received.amount == sample.settlement.amount)
                #expect(payment.paid.amount == sample.instructed.amount)
            }
            print("curl: two pacs.008 settled each other")
        }

        private func send(
            _ sample: CreditTransferSample, _ gateway: GatewayUnderTest
        ) async throws -> String {
            try await curl(
                gateway, sample.debtorAgent,
                [
                    "-H", "content-type: application/xml", "--data-binary", sample.xml,
                    "/v1/messages",
                ])
        }

        private func put(_ order: ProtoPaymentOrder) throws -> [String] {
            [
                "-X", "PUT", "-H", "content-type: application/json", "-d", try order.jsonString(),
                "/v1/payments/\(order.uetr)",
            ]
        }

        private func curl<Output: Message>(
            _ gateway: GatewayUnderTest, _ bank: String, _ arguments: [String], as: Output.Type
        ) async throws -> Output {
            try Output(jsonString: try await curl(gateway, bank, arguments))
        }

        private func curl(
            _ gateway: GatewayUnderTest, _ bank: String, _ arguments: [String]
        ) async throws -> String {
            try await ChildProgram.run(
                try #require(Installed.path(of: "curl")),
                curlArguments(gateway, bank, ["--max-time", "30"] + arguments),
                in: gateway.directory)
        }

        /// The last argument is the path.
        private func curlArguments(
            _ gateway: GatewayUnderTest, _ bank: String, _ arguments: [String]
        ) -> [String] {
            let files = "\(gateway.certificates)/bank-\(bank)"
            return [
                "-sS", "--http2", "--cacert", "\(gateway.certificates)/ca.pem", "--cert",
                "\(files).pem", "--key", "\(files)-key.pem",
            ] + arguments.dropLast() + ["https://localhost:\(gateway.port)\(arguments.last ?? "")"]
        }

        private func metric(_ gateway: GatewayUnderTest, _ name: String) async throws -> Int {
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let text = try await operators.send("GET", "/metrics").text
            await operators.close()
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
        }

        // MARK: Python

        @Test("A Python client of the same Protos", .needsPython("grpc", "grpc_tools"))
        func python() async throws {
            let gateway = try await Market.open()
            do {
                let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                let protos = folder.deletingLastPathComponent().deletingLastPathComponent()
                    .appendingPathComponent("Protos").path
                let report = try await ChildProgram.run(
                    try #require(PythonInterpreter.path),
                    [
                        "-B", folder.appendingPathComponent("Python/client.py").path,
                        "localhost:\(gateway.port)", gateway.certificates, protos,
                        gateway.directory,
                    ], in: gateway.directory, within: 120)
                print(report.split(separator: "\n").map { "Python: \($0)" }.joined(separator: "\n"))
                #expect(report.hasSuffix("all well\n"))
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }
    }
}

/// Waits for a condition that every healthy run reaches soon.
func waitUntil(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    for _ in 0..<1_500 {
        if try await isTrue() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TestFailure("never: \(what)")
}

/// A pacs.008 as a bank would send it.
struct CreditTransferSample {
    let uetr = UUID().uuidString.lowercased()
    let debtorAgent: String
    let creditorAgent: String
    let instructed: (currency: String, amount: String)
    let settlement: (currency: String, amount: String)
    /// Units of the settlement currency for one of the instructed currency.
    let rate: String

    var xml: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
          <FIToFICstmrCdtTrf>
            <GrpHdr>
              <MsgId>SYS-\(uetr.prefix(8))</MsgId>
              <CreDtTm>2026-03-02T09:30:00+08:00</CreDtTm>
              <NbOfTxs>1</NbOfTxs>
              <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>
            </GrpHdr>
            <CdtTrfTxInf>
              <PmtId>
                <EndToEndId>E2E-\(uetr.prefix(8))</EndToEndId>
                <UETR>\(uetr)</UETR>
              </PmtId>
              <IntrBkSttlmAmt Ccy="\(settlement.currency)">\(settlement.amount)</IntrBkSttlmAmt>
              <InstdAmt Ccy="\(instructed.currency)">\(instructed.amount)</InstdAmt>
              <XchgRate>\(rate)</XchgRate>
              <ChrgBr>SHAR</ChrgBr>
              <Dbtr><Nm>Lychee Trading</Nm></Dbtr>
              <DbtrAgt><FinInstnId><BICFI>\(debtorAgent)</BICFI></FinInstnId></DbtrAgt>
              <CdtrAgt><FinInstnId><BICFI>\(creditorAgent)</BICFI></FinInstnId></CdtrAgt>
              <Cdtr><Nm>Durian Garden</Nm></Cdtr>
            </CdtTrfTxInf>
          </FIToFICstmrCdtTrf>
        </Document>
        """
    }
}
