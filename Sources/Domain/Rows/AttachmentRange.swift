/// Where an attachment lies inside the encoded batch that brought it, in bytes.
public struct AttachmentRange: BitwiseCopyable, Equatable, Sendable {
    public var offset: UInt32
    public var length: UInt32

    @inlinable
    public static var none: AttachmentRange { AttachmentRange(offset: 0, length: 0) }

    @inlinable
    public init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }
}
