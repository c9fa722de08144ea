internal import Domain

/// Fixed-size elements in chunks that never move, named by an index from 1 on; 0 names none.
///
/// Trades one more load per access for growth without copying. Taking and giving back are O(1);
/// memory is taken a chunk at a time and kept. Not for elements that own references.
struct Slab<Element: BitwiseCopyable>: ~Copyable {
    private static var chunkBits: Int { 14 }
    private static var chunkSize: Int { 1 << chunkBits }
    private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
    private let capacity: Int
    private let blank: Element
    private var chunkCount = 0
    private var nextFresh: UInt32 = 1
    private var freeHead: UInt32 = 0
    private(set) var count = 0

    /// - Parameters:
    ///   - capacity: the most elements at one time.
    ///   - blank: what fresh memory holds.
    init(capacity: Int, blank: Element) {
        require(capacity < UInt32.max, "slab indices have 32 bits")
        require(MemoryLayout<Element>.size >= 4, "a free element holds a link")
        self.capacity = capacity
        self.blank = blank
        chunks = .allocate(capacity: (capacity >> Self.chunkBits) + 1)
    }

    deinit {
        for chunk in 0..<chunkCount { chunks[chunk].deallocate() }
        chunks.deallocate()
    }

    var isFull: Bool { count == capacity }

    /// The highest index handed out so far.
    var highestIndex: UInt32 { nextFresh - 1 }

    @inline(__always)
    func pointer(_ index: UInt32) -> UnsafeMutablePointer<Element> {
        require(index != 0 && index < nextFresh, "slab index out of range")
        return chunks[Int(index) >> Self.chunkBits] + (Int(index) & (Self.chunkSize - 1))
    }

    /// Takes an element that holds `value`.
    ///
    /// - Precondition: the slab is not full.
    mutating func take(_ value: Element) -> UInt32 {
        require(!isFull, "slab is full")
        count += 1
        guard freeHead == 0 else {
            let index = freeHead
            freeHead = UnsafeRawPointer(pointer(index)).load(as: UInt32.self)
            pointer(index).pointee = value
            return index
        }
        let index = nextFresh
        nextFresh += 1
        if Int(index) >> Self.chunkBits >= chunkCount { addChunk() }
        pointer(index).pointee = value
        return index
    }

    /// Gives an element back; its memory then links the free elements.
    mutating func giveBack(_ index: UInt32) {
        let memory = pointer(index)
        memory.pointee = blank
        UnsafeMutableRawPointer(memory).storeBytes(of: freeHead, as: UInt32.self)
        freeHead = index
        count -= 1
    }

    @inline(never)
    private mutating func addChunk() {
        let chunk = UnsafeMutablePointer<Element>.allocate(capacity: Self.chunkSize)
        chunk.initialize(repeating: blank, count: Self.chunkSize)
        (chunks + chunkCount).initialize(to: chunk)
        chunkCount += 1
    }
}
