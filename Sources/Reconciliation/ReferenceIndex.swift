internal import Domain

/// Lines and entries that bear one reference, as positions among those of the run.
struct ReferenceGroup: BitwiseCopyable {
    var reference: Reference
    /// In ``ReferenceIndex/members``: lines from here to before ``firstEntry``, then entries.
    var start: Int32
    var firstEntry: Int32
    var end: Int32

    var lines: Range<Int> { Int(start)..<Int(firstEntry) }
    var entries: Range<Int> { Int(firstEntry)..<Int(end) }
    var count: Int { Int(end - start) }
    var isMixed: Bool { start < firstEntry && firstEntry < end }
}

/// Who shares a reference with whom: groups of two or more, in the order of the references.
struct ReferenceIndex {
    private(set) var groups: [ReferenceGroup] = []
    /// Positions of lines or entries; ascending within a group and side.
    private(set) var members: [Int32] = []

    private struct Posting: BitwiseCopyable {
        var reference: Reference
        /// Entries come behind all lines.
        var item: Int32
    }

    init() {}

    /// - Complexity: O(n log n) in the number of references.
    init(_ lines: [OpenLine], _ entries: [OpenEntry]) {
        var postings: [Posting] = []
        postings.reserveCapacity((lines.count + entries.count) * 3)
        for (position, line) in lines.enumerated() {
            for reference in line.references {
                postings.append(Posting(reference: reference, item: Int32(position)))
            }
        }
        let firstEntry = Int32(lines.count)
        for (position, entry) in entries.enumerated() {
            for reference in entry.references {
                postings.append(Posting(reference: reference, item: firstEntry + Int32(position)))
            }
        }
        postings.sort { a, b in
            a.reference == b.reference ? a.item < b.item : a.reference < b.reference
        }
        members.reserveCapacity(postings.count)
        var next = 0
        while next < postings.count {
            let end = endOfGroup(postings, from: next)
            append(postings[next..<end], firstEntry: firstEntry)
            next = end
        }
    }

    private func endOfGroup(_ postings: [Posting], from start: Int) -> Int {
        var end = start + 1
        while end < postings.count, postings[end].reference == postings[start].reference {
            end += 1
        }
        return end
    }

    /// One who says the same reference twice bears it once.
    private mutating func append(_ postings: ArraySlice<Posting>, firstEntry: Int32) {
        guard postings.count > 1, let first = postings.first else { return }
        let start = members.count
        var split: Int?
        var last: Int32 = -1
        for posting in postings where posting.item != last {
            last = posting.item
            if last >= firstEntry, split == nil { split = members.count }
            members.append(last >= firstEntry ? last - firstEntry : last)
        }
        guard members.count - start > 1 else {
            members.removeLast(members.count - start)
            return
        }
        groups.append(
            ReferenceGroup(
                reference: first.reference, start: Int32(start),
                firstEntry: Int32(split ?? members.count), end: Int32(members.count)))
    }
}
