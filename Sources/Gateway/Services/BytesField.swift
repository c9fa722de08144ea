internal import Foundation
internal import NIOCore

/// Messages with a single field: number 1, of bytes. They are read and written here because a
/// protobuf library would copy the megabytes of the packed lane several times.
enum BytesField {
    /// The tag of a length-delimited field.
    private static func tag(_ number: UInt8) -> UInt8 { number << 3 | 2 }

    /// The bytes of the field, shared with the message.
    ///
    /// - Parameter decode: reads a message of another form than the usual one: without the field,
    ///   with unknown fields, or with an overlong length.
    static func read(
        _ message: ByteBuffer, else decode: (ByteBuffer) throws -> Data
    ) rethrows -> ByteBuffer {
        var rest = message
        if rest.readInteger(as: UInt8.self) == tag(1) {
            var length = 0
            var shift = 0
            while shift < 28, let byte = rest.readInteger(as: UInt8.self) {
                length |= Int(byte & 0x7F) << shift
                shift += 7
                if byte & 0x80 == 0 {
                    if length == rest.readableBytes { return rest }
                    break
                }
            }
        }
        return ByteBuffer(bytes: try decode(message))
    }

    /// A message whose field is what `write` writes.
    ///
    /// - Parameter size: how many bytes that will be.
    static func message(_ size: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var message = ByteBuffer()
        message.reserveCapacity(size + 6)
        begin(1, size, in: &message)
        write(&message)
        return message
    }

    /// Writes what stands before the bytes of a field: tag and length.
    static func begin(_ number: UInt8, _ size: Int, in message: inout ByteBuffer) {
        message.writeInteger(tag(number))
        var rest = UInt32(size)
        while rest >= 0x80 {
            message.writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        message.writeInteger(UInt8(rest))
    }
}
