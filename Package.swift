// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "langqiao",
    targets: [
        .target(name: "Domain", swiftSettings: strict),
        .target(name: "Engine", dependencies: ["Domain"], swiftSettings: strict),
        .target(
            name: "Scenarios", dependencies: ["Domain"], path: "Tests/Scenarios",
            swiftSettings: strict),
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
        .testTarget(
            name: "DomainTests", dependencies: ["Domain", "Scenarios"], swiftSettings: strict),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Domain", "Engine", "Scenarios", "AllocationCount"],
            exclude: ["Transcripts"], swiftSettings: strict),
    ]
)
