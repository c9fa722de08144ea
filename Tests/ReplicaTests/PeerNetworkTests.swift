import Certificates
import Consensus
import Domain
import HTTP2
import NIOCore
import NIOPosix
import NIOSSL
import Node
import Replica
import Shares
import Synchronization
import Testing

/// The ways between nodes, over TLS on this machine.
@Suite(.serialized) struct PeerNetworkTests {
    private let certificates: NodeCertificates
    private let places: NodePlaces

    init() throws {
        certificates = try NodeCertificates()
        places = try NodePlaces()
    }

    private func isOpen(_ network: PeerNetwork, to node: UInt64) -> Bool {
        network.ways[node]?.isOpen ?? false
    }

    private func append(_ index: UInt64, to node: UInt64, from own: UInt64, bytes: Int = 0)
        -> PeerMessage
    {
        .consensus(
            Message(
                .append, from: own, to: node, term: 1, index: index,
                entries: [Entry(term: 1, index: index, data: [UInt8](repeating: 7, count: bytes))]))
    }

    private func heartbeat(_ index: UInt64, to node: UInt64, from own: UInt64) -> PeerMessage {
        .consensus(Message(.heartbeat, from: own, to: node, term: 1, index: index))
    }

    private func placement(_ index: UInt64) -> PeerMessage {
        .reply(
            ForwardReply(
                ticket: index, life: 1,
                fate: .placed(EntryID(term: 1, index: index), first: 0, recorded: [])))
    }

    private func submission(_ ticket: UInt64) -> ForwardedSubmission {
        ForwardedSubmission(
            commands: SealedCommands(sealing: EncodedCommands(attached(10))),
            owner: Owner("bank"), term: 1, ticket: ticket, life: 1,
            patience: 1_000)
    }

    /// Each kind comes in its order, and a placement before the append of the entry that it names.
    @Test(.timeLimit(.minutes(1)))
    func messagesGoBothWaysInOrder() async throws {
        let (one, two) = (Heard(), Heard())
        let first = try await places.start(1, certificates.tls(1))
        let second = try await places.start(2, certificates.tls(2))
        first.attach(one.receiver)
        second.attach(two.receiver)
        #expect(await eventually { isOpen(first, to: 2) && isOpen(second, to: 1) })
        #expect(!isOpen(first, to: 3))
        for index in UInt64(1)...500 {
            for (network, own, other) in [(first, 1, 2), (second, 2, 1)]
                as [(PeerNetwork, UInt64, UInt64)]
            {
                network.send(placement(index), to: other)
                network.send(append(index, to: other, from: own, bytes: 5_000), to: other)
                network.send(heartbeat(index, to: other, from: own), to: other)
            }
        }
        #expect(await eventually { one.messages.count == 1_500 && two.messages.count == 1_500 })
        for (heard, from) in [(one, UInt64(2)), (two, 1)] {
            #expect(heard.messages.allSatisfy { $0.from == from })
            var placed: UInt64 = 0
            var (appended, beats): ([UInt64], [UInt64]) = ([], [])
            for (_, message) in heard.messages {
                switch message {
                case .reply(let reply):
                    #expect(reply.ticket == placed + 1)
                    placed = reply.ticket
                case .consensus(let message) where message.kind == .append:
                    #expect(message.index <= placed, "the place is known before the entry comes")
                    appended.append(message.index)
                case .consensus(let message): beats.append(message.index)
                case .submission: Issue.record("nobody submits")
                }
            }
            #expect(appended == Array(1...500) && beats == Array(1...500))
        }
        // Clocks of one machine are alike.
        #expect(await eventually { one.clocks[2] != nil && two.clocks[1] != nil })
        #expect(abs(one.clocks[2] ?? .max) < 200_000_000)
        await first.shutDown()
        await second.shutDown()
    }

    /// While the largest batch is on its way over 1 MB/s, heartbeats come at least as often as
    /// keeps their receiver from asking for votes; and both are whole.
    @Test(.timeLimit(.minutes(1)))
    func heartbeatsPassALongAppendOnItsWay() async throws {
        let heard = Arrivals()
        let link = try SlowLink(to: places.ports[2] ?? 0, bytesPerSecond: 1_000_000)
        let slow = PeerNode(name: try places.name(2), host: "127.0.0.1", port: link.port)
        let second = try await places.start(2, certificates.tls(2))
        second.attach(heard.receiver)
        let first = try await places.start(1, certificates.tls(1), peers: [slow])
        first.attach(Heard().receiver)
        #expect(await eventually { isOpen(first, to: 2) })
        let long = append(1, to: 2, from: 1, bytes: Limits.bytesPerBatch)
        first.send(long, to: 2)
        var beat: UInt64 = 0
        while !heard.has(.append), beat < 500 {
            beat += 1
            first.send(heartbeat(beat, to: 2, from: 1), to: 2)
            try await Task.sleep(for: .milliseconds(50))
        }
        let beats = heard.messages.filter { $0.message.kind == .heartbeat }
        #expect(beats.map(\.message.index) == Array(1...UInt64(beats.count)))
        #expect(beats.count > 100, "8 MiB take more than 8 s")
        let gaps = zip(beats.dropFirst(), beats).map { $0.at - $1.at }
        #expect(gaps.max() ?? .zero < .milliseconds(500))
        let came = heard.messages.first { $0.message.kind == .append }?.message
        #expect(came?.entries.first?.data == long.heard?.entries.first?.data)
        #expect(isOpen(first, to: 2))
        await first.shutDown()
        await second.shutDown()
        link.end()
    }

    // MARK: Refusals

    private struct Answer {
        var status: Int?
        var sentence = ""
    }

    /// Opens a stream as somebody would who is no node, or not this one.
    private func call(
        _ tls: ClientTLS, saying frames: [PeerFrame], method: String = "POST"
    ) async throws -> Answer {
        let client = try await Client.connect(
            host: "127.0.0.1", port: places.ports[1] ?? 0, tls: tls,
            group: MultiThreadedEventLoopGroup.singleton)
        defer { Task { await client.close() } }
        let stream = try await client.open(
            RequestHead(method: method, path: "/langqiao.peers.v1/Stream", headers: Headers()))
        var bytes = ByteBuffer()
        for frame in frames { frame.write(into: &bytes) }
        try? await stream.write(bytes)
        if frames.isEmpty { stream.finishWriting() }
        let head = try await stream.responseHead()
        var body = stream.body.makeAsyncIterator()
        let first = try await body.next()
        guard head.status == 200 else {
            return Answer(status: head.status, sentence: first.map { String(buffer: $0) } ?? "")
        }
        // It was let in: what follows ends it.
        while try await body.next() != nil {}
        return Answer(status: 200)
    }

    private func hello(
        _ number: UInt64, rules: ClosedRange<UInt16>? = nil, ledger: UInt16 = 0
    ) throws -> PeerFrame {
        var who = PeerIdentification(name: try places.name(number))
        if let rules { who.rules = rules }
        return .hello(who, ledgerRules: ledger)
    }

    @Test(.timeLimit(.minutes(1)))
    func whoMayNotSpeakIsToldWhy() async throws {
        let heard = Heard()
        let network = try await places.start(1, certificates.tls(1)) { heard.note($0) }
        network.attach(heard.receiver)
        let uri = try places.name(1).uri
        func client(_ number: UInt64, _ cluster: String = "demo") throws -> ClientTLS {
            try certificates.tls(number, cluster: cluster).client.naming(uri)
        }
        func refused(_ status: Int, _ sentence: String, _ answer: Answer) {
            #expect(
                answer.status == status && answer.sentence.contains(sentence),
                "\(answer) where \(status) \(sentence) was expected")
        }
        refused(
            403, "names urn:langqiao:node:other/2, which is none of the others",
            try await call(client(2, "other"), saying: [hello(2)]))
        refused(403, "urn:langqiao:node:demo/9", try await call(client(9), saying: [hello(9)]))
        refused(403, "urn:langqiao:node:demo/1", try await call(client(1), saying: [hello(1)]))
        refused(
            403, "node 3 of demo speaks under the certificate of node 2",
            try await call(client(2), saying: [hello(3)]))
        refused(
            409, "and node 2 knows versions 90 to 99",
            try await call(client(2), saying: [hello(2, rules: 90...99)]))
        refused(
            409, "the ledger of node 2 is at rules of version 99",
            try await call(client(2), saying: [hello(2, ledger: 99)]))
        refused(400, "begins with who speaks", try await call(client(2), saying: [.welcome]))
        refused(400, "begins with who speaks", try await call(client(2), saying: []))
        refused(404, "nodes speak on", try await call(client(2), saying: [], method: "GET"))
        #expect(heard.refusals.count >= 8 && heard.messages.isEmpty)
        network.detach()
        refused(503, "starting or stopping", try await call(client(2), saying: [hello(2)]))
        await network.shutDown()
    }

    /// Certificates of others' authorities, of clients, or none: no handshake.
    @Test(.timeLimit(.minutes(1)))
    func whoIsNoNodeGetsNoConnection() async throws {
        let heard = Heard()
        let network = try await places.start(1, certificates.tls(1)) { heard.note($0) }
        network.attach(heard.receiver)
        let own = try ClientTLS(
            roots: [
                .init(
                    bytes: Array(certificates.authority.authority().certificatePEM.utf8),
                    format: .pem)
            ],
            serverName: "localhost")
        await #expect(throws: (any Error).self) { _ = try await call(own, saying: [hello(2)]) }
        #expect(await eventually { heard.refusals.contains { $0.contains("TLS handshake") } })
        // A namesake of the authority, and one that signs clients.
        let other = try NodeCertificates()
        let foreign = try MutualTLS(
            other.issue(2), trusting: [other.authority, certificates.authority])
        let clients = try DevelopmentAuthority(commonName: "clients")
        let bank = try MutualTLS(
            clients.issue(commonName: "bank", for: .client(uri: "urn:langqiao:node:demo/2")),
            trusting: [certificates.authority])
        for tls in [foreign, bank] {
            await #expect(throws: (any Error).self) {
                _ = try await call(tls.client.naming(places.name(1).uri), saying: [hello(2)])
            }
        }
        #expect(heard.messages.isEmpty)
        await network.shutDown()
    }

    /// Where another node answers than the one that is meant, nothing is sent.
    @Test(.timeLimit(.minutes(1)))
    func whoeverAnswersInAnothersPlaceIsNotSpokenTo() async throws {
        let (one, three) = (Heard(), Heard())
        let third = try await places.start(3, certificates.tls(3))
        third.attach(three.receiver)
        let wrong = [
            PeerNode(name: try places.name(2), host: "127.0.0.1", port: places.ports[3] ?? 0)
        ]
        let first = try await places.start(1, certificates.tls(1), peers: wrong) { one.note($0) }
        first.attach(one.receiver)
        #expect(await eventually { !one.disconnections.isEmpty })
        #expect(!isOpen(first, to: 2))
        first.send(append(1, to: 2, from: 1), to: 2)
        #expect(three.messages.isEmpty && first.ways[2]?.dropped == 1)
        await first.shutDown()
        await third.shutDown()
    }

    /// What is no frame, or too large for one, ends a stream before anybody takes it.
    @Test(.timeLimit(.minutes(1)))
    func strangeBytesEndAStream() async throws {
        let heard = Heard()
        let network = try await places.start(1, certificates.tls(1)) { heard.note($0) }
        network.attach(heard.receiver)
        let inAnothersName = PeerFrame.message(heartbeat(1, to: 1, from: 3))
        let toAnother = PeerFrame.message(heartbeat(1, to: 3, from: 2))
        for frame in [inAnothersName, toAnother, .welcome, try hello(2)] {
            await #expect(throws: (any Error).self) { try await speak([frame], bytes: []) }
        }
        let tooLarge = UInt32(PeerFrame.maximumBytes + 1).bigEndian
        let length = withUnsafeBytes(of: tooLarge) { Array($0) }
        // Its length is enough; not one byte of it has to come.
        await #expect(throws: (any Error).self) { try await speak([], bytes: [0] + length) }
        await #expect(throws: (any Error).self) { try await speak([], bytes: [0, 0, 0, 0, 1, 99]) }
        // Parts say whether they are the last, and make no frame that is too large for one.
        for part in [[8], [8, 1], [8, 2, 1], [8, 1, 99]] as [[UInt8]] {
            let framed = [0, 0, 0, 0, UInt8(part.count)] + part
            await #expect(throws: (any Error).self) { try await speak([], bytes: framed) }
        }
        let part = [0, 0, 16, 0, 2, 8, 0] + [UInt8](repeating: 3, count: 1 << 20)
        let parts = [[UInt8]](repeating: part, count: PeerFrame.maximumBytes >> 20 + 1)
        await #expect(throws: (any Error).self) {
            try await speak([], bytes: parts.flatMap { $0 })
        }
        #expect(heard.messages.isEmpty)
        #expect(heard.refusals.contains { $0.contains("a message in another node's name") })
        #expect(heard.refusals.contains { $0.contains("a frame that no node of ours sends") })
        await network.shutDown()
    }

    /// Speaks as node 2 that was let in, until the stream ends; throws when it is reset.
    private func speak(_ frames: [PeerFrame], bytes: [UInt8]) async throws {
        let client = try await Client.connect(
            host: "127.0.0.1", port: places.ports[1] ?? 0,
            tls: certificates.tls(2).client.naming(places.name(1).uri),
            group: MultiThreadedEventLoopGroup.singleton)
        defer { Task { await client.close() } }
        let stream = try await client.open(
            RequestHead(method: "POST", path: "/langqiao.peers.v1/Stream", headers: Headers()))
        var buffer = ByteBuffer()
        try hello(2).write(into: &buffer)
        try await stream.write(buffer)
        #expect(try await stream.responseHead().status == 200)
        buffer.clear()
        for frame in frames { frame.write(into: &buffer) }
        buffer.writeBytes(bytes)
        try await stream.write(buffer)
        var body = stream.body.makeAsyncIterator()
        while try await body.next() != nil {}
    }

    // MARK: Ways that come and go

    @Test(.timeLimit(.minutes(2)))
    func waysAreMadeAnew() async throws {
        let (one, two) = (Heard(), Heard())
        let first = try await places.start(1, certificates.tls(1))
        first.attach(one.receiver)
        for life in UInt64(1)...3 {
            let second = try await places.start(2, certificates.tls(2))
            second.attach(two.receiver)
            #expect(await eventually { isOpen(first, to: 2) && isOpen(second, to: 1) })
            first.send(heartbeat(life, to: 2, from: 1), to: 2)
            #expect(await eventually { two.has(life, from: 1) })
            let broken = one.broken.count
            await second.shutDown()
            #expect(await eventually { !isOpen(first, to: 2) && one.broken.count > broken })
            // Whoever sends is told that nothing goes.
            #expect(!first.send(.submission(submission(life)), to: 2))
            #expect(!first.send(heartbeat(99, to: 2, from: 1), to: 2))
            #expect(!first.send(placement(99), to: 2))
        }
        #expect(!two.has(99, from: 1))
        #expect(two.messages.allSatisfy { $0.message.heard != nil })
        await first.shutDown()
    }

    /// A node that stops ends what others have opened, and the next one at this network hears all.
    @Test(.timeLimit(.minutes(2)))
    func anotherNodeTakesOver() async throws {
        let one = Heard()
        let first = try await places.start(1, certificates.tls(1))
        let second = try await places.start(2, certificates.tls(2))
        first.attach(one.receiver)
        for life in UInt64(1)...10 {
            let two = Heard()
            second.attach(two.receiver)
            #expect(await eventually { isOpen(first, to: 2) })
            // What goes meanwhile may be lost; what goes again arrives at the one that is there.
            #expect(
                await eventually {
                    first.send(heartbeat(life, to: 2, from: 1), to: 2)
                    return two.has(life, from: 1)
                })
            second.detach()
            // Now and then the next one is there before anybody has noticed.
            if life % 2 == 0 { #expect(await eventually { !isOpen(first, to: 2) }) }
        }
        await first.shutDown()
        await second.shutDown()
    }

    /// Authorities change while nodes run, one step after the other, and the nodes go on.
    @Test(.timeLimit(.minutes(2)))
    func certificatesChangeWhileNodesRun() async throws {
        let (old, new) = (certificates, try NodeCertificates())
        let (one, two) = (Heard(), Heard())
        let first = try await places.start(1, old.tls(1)) { one.note($0) }
        let second = try await places.start(2, old.tls(2))
        first.attach(one.receiver)
        second.attach(two.receiver)
        var round: UInt64 = 0
        func meet() async {
            round += 1
            let sent = round
            #expect(
                await eventually {
                    first.send(heartbeat(sent, to: 2, from: 1), to: 2)
                    second.send(heartbeat(sent, to: 1, from: 2), to: 1)
                    return two.has(sent, from: 1) && one.has(sent, from: 2)
                })
        }
        await meet()
        first.replaceTLS(try old.tls(1, trusting: [old, new]))
        await meet()
        second.replaceTLS(try new.tls(2, trusting: [old, new]))
        await meet()
        first.replaceTLS(try new.tls(1, trusting: [new]))
        await meet()
        second.replaceTLS(try new.tls(2, trusting: [new]))
        await meet()
        // What the old authority has signed opens nothing any more.
        await #expect(throws: (any Error).self) {
            _ = try await call(old.tls(2).client.naming(places.name(1).uri), saying: [hello(2)])
        }
        await first.shutDown()
        await second.shutDown()
    }

    /// A certificate that is not believed any more ends what its node has opened and what was
    /// opened to it; later both are opened again.
    @Test(.timeLimit(.minutes(2)))
    func aNodeThatIsNotBelievedAnyMoreIsLeft() async throws {
        let (one, two, ledger) = (Heard(), Heard(), Doubt(try places.name(2).uri))
        let judge: LastJudge = { chain, verdict in ledger.judge(chain) ?? verdict }
        let own = try certificates.tls(1)
        let judged = MutualTLS(
            server: own.server.judged(atLastBy: judge), client: own.client.judged(atLastBy: judge))
        let first = try await places.start(1, judged) { one.note($0) }
        let second = try await places.start(2, certificates.tls(2)) { two.note($0) }
        first.attach(one.receiver)
        second.attach(two.receiver)
        for _ in 1...2 {
            #expect(await eventually { isOpen(first, to: 2) && isOpen(second, to: 1) })
            ledger.set(true)
            first.reconsider()
            #expect(await eventually { !isOpen(first, to: 2) && !isOpen(second, to: 1) })
            #expect(await eventually { one.disconnections.contains { $0.contains("is lost") } })
            #expect(await eventually { one.refusals.contains { $0.contains("is lost") } })
            #expect(await eventually { two.disconnections.contains { $0.contains("is lost") } })
            #expect(!isOpen(first, to: 2) && !isOpen(second, to: 1))
            ledger.set(false)
        }
        await first.shutDown()
        await second.shutDown()
    }

    // MARK: Bounds

    /// A node that takes nothing holds so much and no more, and so does the one that sends to it.
    @Test(.timeLimit(.minutes(2)))
    func whatWaitsIsBoundedAtBothEnds() async throws {
        let (one, two) = (Heard(), Heard())
        let first = try await places.start(1, certificates.tls(1))
        let second = try await places.start(2, certificates.tls(2))
        first.attach(one.receiver)
        second.attach(two.receiver)
        #expect(await eventually { isOpen(first, to: 2) })
        two.setTakes(false)
        for index in UInt64(1)...200 {
            first.send(append(index, to: 2, from: 1, bytes: 1 << 20), to: 2)
            #expect((first.ways[2]?.waitingBytes ?? 0) <= 64 << 20)
        }
        #expect((first.ways[2]?.dropped ?? 0) >= 200 - 64 - 34 - 16)
        // It answers no ping while it takes nothing, so the way is given up, and made again.
        #expect(await eventually { one.broken.contains(2) })
        let taken = two.messages.count
        #expect((1...34).contains(taken), "32 MiB and a message")
        two.setTakes(true)
        #expect(
            await eventually {
                first.send(heartbeat(999, to: 2, from: 1), to: 2)
                return two.has(999, from: 1)
            })
        let indices = two.messages.compactMap { $0.message.heard }.filter { $0.kind == .append }
            .map(\.index)
        #expect(indices == indices.sorted() && Set(indices).count == indices.count)
        await first.shutDown()
        await second.shutDown()
    }
}

/// Believes one node no more, while it is set.
private final class Doubt: Sendable {
    private let uri: String
    private let isSet = Mutex(false)

    init(_ uri: String) { self.uri = uri }

    func set(_ doubts: Bool) { isSet.withLock { $0 = doubts } }

    func judge(_ chain: [[UInt8]]) -> PeerVerdict? {
        guard isSet.withLock({ $0 }), let own = chain.first, let peer = PeerIdentity(der: own)
        else { return nil }
        return peer.subjectAlternativeURIs == [uri] ? .refused("the certificate is lost") : nil
    }
}
