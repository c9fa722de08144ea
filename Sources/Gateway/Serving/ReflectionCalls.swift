internal import Foundation
internal import HTTP2
internal import SwiftProtobuf

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
            try await call.send(response)
        }
        call.finish()
    }

    private static func answer(
        _ request: ReflectionServerReflectionRequest
    ) -> ReflectionServerReflectionResponse {
        var response = ReflectionServerReflectionResponse()
        switch request.messageRequest {
        case .listServices:
            response.listServicesResponse.service = Router.all.services.map {
                var entry = ReflectionServiceResponse()
                entry.name = $0
                return entry
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
