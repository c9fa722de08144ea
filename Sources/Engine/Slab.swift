internal import Domain

/// Records for ever: fixed-size elements in chunks that never move, numbered from 1 on.
///
/// Trades one more load per access for growth without copying. Taking is O(1); memory is taken a
/// chunk at a time. Not for elements that own references.
struct Slab<Element: BitwiseCopyable>: ~Copyable {
    private static var chunkBits: Int { 14 }
    private static var chunkSize: Int { 1 << chunkBits }
    private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private let capacity: Int
    private var chunkCount = 0
    private(set) var count = 0

    /// - Parameter capacity: the most elements.
    init(capacity: Int) {
        require(capacity < UInt32.max, "slab indices have 32 bits")
        self.capacity = capacity
        chunks = .allocate(capacity: (capacity >> Self.chunkBits) + 1)
    }

    deinit {
        for chunk in 0..<chunkCount { chunks[chunk].deallocate() }
        chunks.deallocate()
    }

    var isFull: Bool { count == capacity }

    @inline(__always)
    func pointer(_ index: UInt32) -> UnsafeMutablePointer<Element> {
        require(index != 0 && index <= count, "slab index out of range")
        return chunks[Int(index) >> Self.chunkBits] + (Int(index) & (Self.chunkSize - 1))
    }

    /// Takes the next element, which holds `value`; gives its number.
    ///
    /// - Precondition: the slab is not full.
    mutating func take(_ value: Element) -> UInt32 {
        require(!isFull, "slab is full")
        count += 1
        if count >> Self.chunkBits >= chunkCount { addChunk() }
        pointer(UInt32(count)).initialize(to: value)
        return UInt32(count)
    }

    @inline(never)
    private mutating func addChunk() {
        (chunks + chunkCount).initialize(to: .allocate(capacity: Self.chunkSize))
        chunkCount += 1
    }
}
