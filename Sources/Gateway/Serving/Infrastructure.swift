internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// The gRPC health service.
enum HealthCalls {
    private static let services: Set<String> = [
        "", "langqiao.v1.PaymentService", "langqiao.v1.LedgerService",
        "langqiao.v1.OperatorService",
    ]

    static func check(_ services: Services, _ call: GRPCServerCall) async throws {
        let request: HealthHealthCheckRequest = try decode(try await call.messages.single())
        guard HealthCalls.services.contains(request.service) else {
            throw GatewayError(.notFound, "service \(request.service)")
        }
        await call.reply(try encode(response(services)))
    }

    /// Sends the status, and again whenever it changes. Costs nothing in between.
    static func watch(_ services: Services, _ call: GRPCServerCall) async throws {
        let request: HealthHealthCheckRequest = try decode(try await call.messages.single())
        let isKnown = HealthCalls.services.contains(request.service)
        let place = try services.openCall()
        defer { withExtendedLifetime(place) {} }
        // Changes that come while an answer is on its way are one change.
        let (changes, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = services.node.watchCondition { signal.yield() }
        let drain = services.drain.onBegin { signal.yield() }
        defer {
            services.node.unwatchCondition(watcher)
            services.drain.remove(drain)
        }
        signal.yield()
        var sent: HealthHealthCheckResponse?
        for await _ in changes {
            let isStopping = services.drain.hasBegun
            var current = response(services)
            if !isKnown { current.status = .serviceUnknown }
            if current != sent {
                try await call.send(try encode(current))
                sent = current
            }
            if isStopping { return call.finish() }
        }
        try Task.checkCancellation()
    }

    private static func response(_ services: Services) -> HealthHealthCheckResponse {
        var response = HealthHealthCheckResponse()
        let isServing = services.node.isServing && !services.drain.hasBegun
        response.status = isServing ? .serving : .notServing
        return response
    }
}

private func encode(_ message: some Message) throws -> ByteBuffer {
    ByteBuffer(bytes: try message.serializedBytes() as [UInt8])
}

/// The gRPC reflection service: lets tools ask for the API's descriptors.
enum ReflectionCalls {
    /// The files of the API with everything they import.
    private static let files: [Google_Protobuf_FileDescriptorProto] = {
        let bytes = PackageResources.descriptors_binpb
        return (try? Google_Protobuf_FileDescriptorSet(serializedBytes: bytes))?.file ?? []
    }()

    static func serve(_ services: Services, _ call: GRPCServerCall) async throws {
        let place = try services.openCall()
        defer { withExtendedLifetime(place) {} }
        for try await message in call.messages {
            let request: ReflectionServerReflectionRequest = try decode(message.bytes)
            var response = answer(request)
            response.validHost = request.host
            response.originalRequest = request
            try await call.send(try encode(response))
        }
        call.finish()
    }

    private static func answer(
        _ request: ReflectionServerReflectionRequest
    ) -> ReflectionServerReflectionResponse {
        var response = ReflectionServerReflectionResponse()
        switch request.messageRequest {
        case .listServices:
            response.listServicesResponse.service = files.flatMap { file in
                file.service.map { service in
                    var entry = ReflectionServiceResponse()
                    entry.name = "\(file.package).\(service.name)"
                    return entry
                }
            }
        case .fileByFilename(let name):
            response.messageResponse = file { $0.name == name }
        case .fileContainingSymbol(let symbol):
            response.messageResponse = file { declares(symbol, $0) }
        case .fileContainingExtension, .allExtensionNumbersOfType, nil:
            response.errorResponse.errorCode = 12
            response.errorResponse.errorMessage = "the API has no extensions"
        }
        return response
    }

    private static func file(
        where matches: (Google_Protobuf_FileDescriptorProto) -> Bool
    ) -> ReflectionServerReflectionResponse.OneOf_MessageResponse {
        guard let file = files.first(where: matches),
            let bytes: [UInt8] = try? file.serializedBytes()
        else {
            var error = ReflectionErrorResponse()
            error.errorCode = 5
            error.errorMessage = "no such file or symbol"
            return .errorResponse(error)
        }
        var found = ReflectionFileDescriptorResponse()
        found.fileDescriptorProto = [Data(bytes)]
        return .fileDescriptorResponse(found)
    }

    private static func declares(
        _ symbol: String, _ file: Google_Protobuf_FileDescriptorProto
    ) -> Bool {
        let prefix = file.package + "."
        guard symbol.hasPrefix(prefix) else { return false }
        let name = symbol.dropFirst(prefix.count).split(separator: ".").first.map(String.init)
        return file.service.contains { $0.name == name }
            || file.messageType.contains { $0.name == name }
            || file.enumType.contains { $0.name == name }
    }
}
