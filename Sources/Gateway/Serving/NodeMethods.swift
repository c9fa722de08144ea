extension Method {
    /// `Nodes`.
    static let nodes: [Method] = [
        .unary(
            "/langqiao.v1.Nodes/GetNode", .readMetrics, .open, "GET", "/v1/node",
            { try await $0.getNode($1, $2) }),
        .unary(
            "/langqiao.v1.Nodes/TransferLeadership", .operate, .command, "POST",
            "/v1/node/transfer", { try await $0.transferLeadership($1, $2) }),
    ]
}
