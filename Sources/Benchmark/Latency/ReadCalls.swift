internal import Chance
internal import Domain
internal import Foundation
internal import LoadClient

/// Reads of single payments, by the banks that sent them.
struct ReadCalls: LatencyCalls {
    enum Choice {
        /// At random, so that a payment may come more than once.
        case random(seed: UInt64)
        /// Each payment once; nothing is left after the last.
        case once
    }

    private let requests: [[LoadRequest]]
    private let texts: [[String]]
    private let choice: Choice

    /// - Parameter payments: of each bank whose certificate a connection has, in that order; each
    ///   has some.
    init(_ payments: [[UETR]], _ choice: Choice, authority: String) {
        let head = LoadHead(method: "GET", authority: authority)
        texts = payments.map { $0.map { "\($0)" } }
        requests = texts.map { $0.map { LoadRequest(head, path: "/v1/payments/\($0)") } }
        self.choice = choice
    }

    mutating func next(_ number: Int) -> LoadRequest? {
        place(number).map { requests[$0.bank][$0.payment] }
    }

    mutating func fault(in answer: LoadAnswer) -> String? {
        guard answer.status == 200 else { return "HTTP \(answer.status)" }
        guard let place = place(answer.number),
            answer.body.has(texts[place.bank][place.payment].utf8)
        else { return "answer about another payment" }
        return nil
    }

    /// Which payment the call of this number is about: the same whenever it is asked.
    private func place(_ number: Int) -> (bank: Int, payment: Int)? {
        let bank = number % requests.count
        let count = requests[bank].count
        switch choice {
        case .random(let seed):
            var random = SplitMix64(seed: seed &+ UInt64(number))
            return count > 0 ? (bank, random.below(count)) : nil
        case .once:
            let payment = number / requests.count
            return payment < count ? (bank, payment) : nil
        }
    }
}

/// The first page of each bank's own payments, newest first.
struct PageCalls: LatencyCalls {
    private let request: LoadRequest

    static let size = 100

    init(authority: String) {
        request = LoadRequest(
            LoadHead(method: "GET", authority: authority),
            path: "/v1/payments?page_size=\(PageCalls.size)")
    }

    mutating func next(_ number: Int) -> LoadRequest? { request }

    mutating func fault(in answer: LoadAnswer) -> String? {
        guard answer.status == 200 else { return "HTTP \(answer.status)" }
        let count = answer.body.count(of: "\"uetr\":".utf8)
        return count == PageCalls.size ? nil : "a page of \(count) payments"
    }
}

/// A file of a plain server.
struct FileCalls: LatencyCalls {
    private let request: LoadRequest
    private let bytes: Int

    init(_ path: String, bytes: Int, authority: String) {
        request = LoadRequest(LoadHead(method: "GET", authority: authority), path: path)
        self.bytes = bytes
    }

    mutating func next(_ number: Int) -> LoadRequest? { request }

    mutating func fault(in answer: LoadAnswer) -> String? {
        answer.status == 200 && answer.body.count == bytes ? nil : "HTTP \(answer.status)"
    }
}

extension [UInt8] {
    /// Whether the text is somewhere in it.
    func has(_ text: String.UTF8View) -> Bool {
        find(Array(text), from: 0) != nil
    }

    /// How often the text is in it.
    func count(of text: String.UTF8View) -> Int {
        let text = Array(text)
        var (count, start) = (0, 0)
        while let place = find(text, from: start) {
            count += 1
            start = place + text.count
        }
        return count
    }

    private func find(_ text: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = text.first else { return nil }
            var place = start
            while place + text.count <= bytes.count {
                let end = bytes.count - text.count + 1
                guard let found = memchr(base + place, Int32(first), end - place) else {
                    return nil
                }
                if memcmp(found, text, text.count) == 0 { return UnsafeRawPointer(found) - base }
                place = UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }
}
