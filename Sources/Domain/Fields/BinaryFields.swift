// The binary form of a declared value: its fields one after the other, little-endian, each with the
// bytes that it states. There is one form: what is reserved is zero, and so is what is wider than
// its value.

extension Declared {
    /// Bytes of the binary form.
    static var byteCount: Int {
        var value = Self()
        var size = SizeVisitor()
        value.visit(&size)
        return size.bytes
    }

    func encode(into writer: inout ByteWriter) {
        var value = self
        var fields = BinaryWriter(bytes: writer)
        value.visit(&fields)
        writer = fields.bytes
    }

    /// Nil when a field holds a value that does not exist.
    init?(from reader: inout ByteReader) {
        self.init()
        var fields = BinaryReader(bytes: reader)
        visit(&fields)
        reader = fields.bytes
        if fields.isDamaged { return nil }
    }
}

private struct SizeVisitor: FieldVisitor {
    var bytes = 0

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        bytes += form.bytes
    }

    mutating func reserved(bytes: Int) { self.bytes += bytes }
}

private struct BinaryWriter: FieldVisitor {
    var bytes: ByteWriter

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        bytes.write(value.bits)
        reserved(bytes: form.bytes - MemoryLayout<Value.Bits>.size)
    }

    mutating func reserved(bytes count: Int) {
        for _ in 0..<count { bytes.write(UInt8(0)) }
    }
}

private struct BinaryReader: FieldVisitor {
    var bytes: ByteReader
    var isDamaged = false

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        let read = Value(bits: bytes.read())
        reserved(bytes: form.bytes - MemoryLayout<Value.Bits>.size)
        if let read { value = read } else { isDamaged = true }
    }

    mutating func reserved(bytes count: Int) {
        for _ in 0..<count where !bytes.readsZero(UInt8.self) { isDamaged = true }
    }
}
