extension MessageElement {
    /// Reads all children with this name, each by itself: a fault of one refuses that one only.
    ///
    /// - Returns: the values and the refusals, both in the order of the message.
    /// - Throws: when there are none, or more than the limit.
    /// - Complexity: O(number of elements below).
    func separately<Value>(
        _ name: String, limits: MessageLimits,
        _ read: (MessageElement) throws(MessageRejection) -> Value
    ) throws(MessageRejection) -> (values: [Value], refused: [MessageRejection]) {
        let count = element.countChildren(named: name)
        guard count > 0 else { throw missing(name) }
        try checkCount(count, of: name, limits: limits)
        var values: [Value] = []
        var refused: [MessageRejection] = []
        for (position, child) in try children(name).enumerated() {
            do {
                values.append(try read(child))
            } catch {
                var rejection = error
                rejection.transaction = child.readableOriginalTransaction
                rejection.position = position
                refused.append(rejection)
            }
        }
        return (values, refused)
    }

    func checkCount(
        _ count: Int, of name: String, limits: MessageLimits
    ) throws(MessageRejection) {
        guard count <= limits.transactions else {
            throw MessageRejection(
                cause: .tooManyTransactions, code: .invalidNumberOfTransactions,
                path: "\(path)/\(name)",
                sentence: "The message has \(count) \(name); send at most "
                    + "\(limits.transactions) in one.")
        }
    }

    /// A stated number of transactions must be the number that there is.
    func check(_ stated: String, is count: Int, of name: String) throws(MessageRejection) {
        guard let element = try child(stated) else { return }
        let number = try element.count()
        guard number == count else {
            throw MessageRejection(
                cause: .contradiction, code: .invalidNumberOfTransactions, path: element.path,
                sentence: "\(stated) says \(number), but there are \(count) \(name).")
        }
    }
}
