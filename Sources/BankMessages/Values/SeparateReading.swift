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
                try child.checkHasNoSupplement()
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

    /// Supplementary data may change what a message asks for, by rules that are not known here. In
    /// a credit transfer it goes on to the creditor's bank, which may know them; elsewhere what
    /// has it is refused.
    func checkHasNoSupplement() throws(MessageRejection) {
        guard let supplement = try children("SplmtryData").first else { return }
        throw MessageRejection(
            cause: .malformedValue, code: .invalidFileFormat, path: supplement.path,
            sentence: "Supplementary data has no meaning here; leave it out.")
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
