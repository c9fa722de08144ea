// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Async functions stay where their caller runs: looking for another place costs each call.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "langqiao",
    products: [
        .executable(name: "langqiao", targets: ["langqiao"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "Chance", swiftSettings: strict),
        .target(name: "Hexadecimal", swiftSettings: strict),
        .target(name: "Domain", dependencies: ["Hexadecimal"], swiftSettings: strict),
        .target(name: "Shares", swiftSettings: strict),
        .systemLibrary(name: "CMemory"),
        .target(
            name: "Engine", dependencies: ["Domain", "CMemory", "Hexadecimal"],
            swiftSettings: strict),
        .target(name: "Consensus", dependencies: ["Chance"], swiftSettings: strict),
        .target(
            name: "Simulation",
            dependencies: [
                "Chance", "Consensus", "Domain", "Engine", "Evidence", "Hexadecimal", "Node",
                "Shares",
            ],
            swiftSettings: strict),
        .target(
            name: "Evidence", dependencies: ["COpenSSL", "Domain", "Hexadecimal"],
            swiftSettings: strict),
        .target(name: "Certificates", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(
            name: "Store", dependencies: ["Consensus", "Domain", "Shares", "CPostgres"],
            resources: [
                .embedInCode("Migrations/0001_log.sql"),
                .embedInCode("Migrations/0002_ledger.sql"),
                .embedInCode("Migrations/0003_upkeep.sql"),
                .embedInCode("Migrations/0004_totals.sql"),
                .embedInCode("Migrations/0005_numbers.sql"),
                .embedInCode("Migrations/0006_rules.sql"),
                .embedInCode("Migrations/0007_nostros.sql"),
                .embedInCode("Migrations/0008_identifiers.sql"),
                .embedInCode("Migrations/0009_contents.sql"),
                .embedInCode("Migrations/0010_operators.sql"),
                .embedInCode("Migrations/0011_messages.sql"),
                .embedInCode("Migrations/0012_follow_ups.sql"),
                .embedInCode("Migrations/0013_notices.sql"),
                .embedInCode("Migrations/0014_return_orders.sql"),
                .embedInCode("Migrations/0015_consensus.sql"),
                .embedInCode("Migrations/0016_fills.sql"),
                .embedInCode("Migrations/0017_proposals.sql"),
                .embedInCode("Migrations/0018_calendars.sql"),
                .embedInCode("Migrations/0019_keys.sql"),
                .embedInCode("Migrations/0020_debit_caps.sql"),
                .embedInCode("Migrations/0021_dates.sql"),
                .embedInCode("Migrations/0022_statements.sql"),
                .embedInCode("Migrations/0023_withdrawal_lists.sql"),
                .embedInCode("Migrations/0024_agent_statements.sql"),
            ],
            swiftSettings: strict),
        .target(
            name: "Node",
            dependencies: [
                "Chance", "Consensus", "Domain", "CMemory", "Engine", "Evidence", "Hexadecimal",
                "Shares",
            ],
            swiftSettings: strict),
        .target(
            name: "Replica",
            dependencies: [
                "Chance", "Consensus", "Domain", "Engine", "HTTP2", "Node", "Shares", "Store",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(name: "CRuntimeCounters"),
        .systemLibrary(name: "CWaiting"),
        .target(
            name: "LoadClient", dependencies: ["COpenSSL", "CNGHTTP2", "CWaiting"],
            swiftSettings: strict),
        .target(name: "Terminal", swiftSettings: strict),
        .target(
            name: "Clients",
            dependencies: [
                "Domain", "HTTP2", "BankMessages", "Certificates", "Evidence", "Gateway", protobuf,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Benchmark",
            dependencies: [
                "Chance", "Domain", "Engine", "Hexadecimal", "CRuntimeCounters", "HTTP2",
                "Gateway", "Shares", "Store", "Clients", "LoadClient", "Terminal", protobuf,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Demo",
            dependencies: [
                "Chance", "Domain", "HTTP2", "BankMessages", "Gateway", "Benchmark", "Clients",
                "Terminal", protobuf, .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Pay",
            dependencies: [
                "Domain", "Evidence", "HTTP2", "Gateway", "Clients", "Terminal", protobuf,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "HTTP2", dependencies: ["Hexadecimal", "Shares", "CNGHTTP2"] + nio,
            swiftSettings: strict),
        .target(
            name: "BankMessages", dependencies: ["Domain", "CLibXML2"], swiftSettings: strict),
        .target(name: "Reconciliation", dependencies: ["Domain"], swiftSettings: strict),
        .target(
            name: "Gateway",
            dependencies: [
                "Domain", "HTTP2", "BankMessages", "Evidence", "Certificates", "Hexadecimal",
                "Shares", "Store", protobuf, logging,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            exclude: ["Generated/protos.sha256"],
            resources: [
                .embedInCode("Generated/descriptors.binpb"),
                .embedInCode("Generated/comments.tsv"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "langqiao",
            dependencies: [
                "CMemory", "Domain", "Engine", "Evidence", "Hexadecimal", "Shares", "Store", "Node",
                "Replica", "HTTP2", "BankMessages", "Gateway", "Clients", "Terminal",
                "Benchmark", "Demo", "Pay", "Simulation", protobuf, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
            ] + nio,
            swiftSettings: strict),
        .target(
            name: "Scenarios", dependencies: ["Chance", "Domain"], path: "Tests/Scenarios",
            swiftSettings: strict),
        .target(
            name: "LogsForTests", dependencies: ["Domain", "Node"], path: "Tests/LogsForTests",
            swiftSettings: strict),
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
        .executableTarget(
            name: "ShortWorkload", dependencies: ["Benchmark", "AllocationCount"],
            path: "Tests/ShortWorkload", swiftSettings: strict),
        .target(
            name: "ForeignPrograms", path: "Tests/ForeignPrograms", swiftSettings: strict),
        .testTarget(
            name: "DomainTests", dependencies: ["Chance", "Domain", "Hexadecimal", "Scenarios"],
            swiftSettings: strict),
        .testTarget(
            name: "SharesTests", dependencies: ["Chance", "Shares"], swiftSettings: strict),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Chance", "Domain", "Engine", "Scenarios", "Simulation", "AllocationCount",
            ],
            exclude: ["Transcripts"], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation"],
            swiftSettings: strict),
        .testTarget(
            name: "ConsensusTests", dependencies: ["Chance", "Consensus"], exclude: ["Transcripts"],
            swiftSettings: strict),
        .testTarget(
            name: "BenchmarkTests", dependencies: ["Benchmark", "Domain", "ForeignPrograms"],
            swiftSettings: strict),
        .testTarget(
            name: "HTTP2Tests",
            dependencies: [
                "Certificates", "Chance", "HTTP2", "Shares", "ForeignPrograms",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio,
            swiftSettings: strict),
        .target(
            name: "PostgresForTests", dependencies: ["Store"], path: "Tests/PostgresForTests",
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Chance", "Consensus", "Domain", "Scenarios", "Shares", "Simulation", "Store",
                "PostgresForTests",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EvidenceTests",
            dependencies: ["Chance", "Evidence", "ForeignPrograms", "Hexadecimal"],
            exclude: ["Python"], swiftSettings: strict),
        .testTarget(
            name: "CertificatesTests", dependencies: ["Certificates"], swiftSettings: strict),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "Chance", "Consensus", "Domain", "Engine", "Node", "Scenarios", "Shares",
                "LogsForTests",
            ],
            exclude: ["Logs"], swiftSettings: strict),
        .testTarget(
            name: "ReplicaTests",
            dependencies: [
                "Certificates", "Chance", "Consensus", "Domain", "Engine", "Evidence", "HTTP2",
                "Node",
                "Shares", "Store", "Replica", "Scenarios", "LogsForTests", "PostgresForTests",
            ] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "BankMessages", "Certificates", "Chance", "Domain", "Hexadecimal", "HTTP2",
                "Gateway", "Scenarios", "Shares", "Store", protobuf, logging,
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Lines"], swiftSettings: strict),
        .target(
            name: "ForeignMessages", dependencies: ["ForeignPrograms"],
            path: "Tests/ForeignMessages", exclude: ["Python"], swiftSettings: strict),
        .testTarget(
            name: "BankMessagesTests",
            dependencies: [
                "BankMessages", "Chance", "Domain", "ForeignMessages", "ForeignPrograms",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReconciliationTests",
            dependencies: ["AllocationCount", "Chance", "Domain", "Reconciliation"],
            swiftSettings: strict),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "langqiao", "Chance", "Clients", "Domain", "Gateway", "HTTP2", "BankMessages",
                "Scenarios", "Certificates", "ForeignMessages", "ForeignPrograms", "Store",
                protobuf,
            ] + nio,
            exclude: ["Python"], swiftSettings: strict),
    ]
)
