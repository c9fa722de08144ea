/// A list that is filled and emptied again and keeps its memory: an append is a comparison and a
/// store, where an array asks first whether it is shared.
struct RawList<Element: BitwiseCopyable>: ~Copyable {
    private var elements: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        elements = .allocate(capacity: capacity)
    }

    deinit { elements.deallocate() }

    /// The element at a position below `count`.
    @inline(__always)
    subscript(_ position: Int) -> Element { elements[position] }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        (elements + count).initialize(to: element)
        count += 1
    }

    mutating func removeAll() { count = 0 }

    /// Adds everything to the end of an array, and is empty again.
    mutating func move(to array: inout [Element]) {
        let all = UnsafeBufferPointer(start: elements, count: count)
        // In pieces that are copied from register to register.
        let most = max(1, 1_920 / MemoryLayout<Element>.stride)
        for start in stride(from: 0, to: count, by: most) {
            let end = min(start + most, count)
            array.append(contentsOf: UnsafeBufferPointer(rebasing: all[start..<end]))
        }
        count = 0
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: elements, count: count)
        elements.deallocate()
        elements = larger
        capacity *= 2
    }
}
