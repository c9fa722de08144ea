/// What all calls of a kind say: written once, for all of them.
package struct LoadHead: Sendable {
    /// Bytes of a field in ``bytes``: its name, then its value.
    struct Field {
        var start: Int
        var nameCount: Int
        var valueCount: Int
    }

    private(set) var bytes: [UInt8] = []
    private(set) var fields: [Field] = []

    /// - Parameter more: names in small letters.
    package init(method: String, authority: String, _ more: [(name: String, value: String)] = []) {
        let fixed = [(":method", method), (":scheme", "https"), (":authority", authority)]
        for (name, value) in fixed + more.map({ ($0.name, $0.value) }) {
            fields.append(
                Field(start: bytes.count, nameCount: name.utf8.count, valueCount: value.utf8.count))
            bytes += Array(name.utf8) + Array(value.utf8)
        }
    }
}

/// One call.
package struct LoadRequest: Sendable {
    let head: LoadHead
    let path: [UInt8]
    let body: [UInt8]

    /// - Parameter path: with its query.
    package init(_ head: LoadHead, path: String, body: [UInt8] = []) {
        self.head = head
        self.path = Array(path.utf8)
        self.body = body
    }
}

/// What came back.
package struct LoadAnswer {
    /// Of the call.
    package let number: Int
    /// Of HTTP; 0 when the stream was reset.
    package let status: Int
    /// Of gRPC; nil when the answer names none.
    package let grpcStatus: Int?
    package let body: [UInt8]
    /// From when the call was due until its stream had ended.
    package let nanoseconds: UInt64
    /// The call was due after the time for warming up.
    package let isMeasured: Bool
}

/// Where calls come from and answers go; used by one thread.
package protocol LoadSource: AnyObject {
    /// The call of this number, the next one each time; nil when there are no more.
    ///
    /// - Parameter number: from 0 on; it goes over connection `number % connections`.
    func request(_ number: Int) -> LoadRequest?

    /// A call has ended, with whatever status.
    func answered(_ answer: LoadAnswer)

    /// A call will have no answer.
    ///
    /// - Parameters:
    ///   - nanoseconds: how long it had been due.
    ///   - reason: what kept it.
    func failed(_ number: Int, after nanoseconds: UInt64, _ reason: String)
}
