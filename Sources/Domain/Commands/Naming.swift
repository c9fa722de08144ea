extension CommandView {
    /// Whether the command may change whom a BIC means.
    ///
    /// - Complexity: O(1).
    public var changesNames: Bool {
        kind.rawValue > CommandKind.cancelPayment.rawValue && DeclaredCommands.changesNames(kind)
    }
}

extension CommandViews {
    /// Whether one of them may change whom a BIC means.
    ///
    /// - Complexity: O(commands).
    var changeNames: Bool {
        var rest = self
        while let view = rest.next() {
            if view.changesNames { return true }
        }
        return false
    }
}

extension Batch {
    /// See ``CommandView/changesNames``.
    public var changesNames: Bool { withCommands { $0.changeNames } }
}

extension SealedCommands {
    /// See ``CommandView/changesNames``.
    public var changesNames: Bool { withCommands { $0.changeNames } }
}

extension EncodedCommands {
    public var changesNames: Bool { withCommands { $0.changeNames } }
}
