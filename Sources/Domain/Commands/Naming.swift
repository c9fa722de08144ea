extension CommandView {
    /// Whether the command may change whom a BIC means.
    ///
    /// - Complexity: O(1).
    public var changesNames: Bool {
        kind.rawValue > CommandKind.cancelPayment.rawValue && DeclaredCommands.changesNames(kind)
    }
}

extension SealedCommands {
    /// Whether one of the commands may change whom a BIC means.
    ///
    /// - Complexity: O(commands).
    public var changesNames: Bool {
        withCommands { views in
            var views = views
            while let view = views.next() {
                if view.changesNames { return true }
            }
            return false
        }
    }
}
