internal import Domain

/// The payments that wait for their settlement dates (R22): in each corridor a line for each date,
/// in the order of their numbers.
///
/// A line is linked through its orders, whose links no book uses while they wait: adding and taking
/// out cost no walk and no memory. Invariants: no line is empty; what stands in one is open, waits
/// and has its date; the due time of a corridor is the opening at which its first line enters.
struct DatedPayments: ~Copyable {
    private struct Line {
        let date: CivilDate
        var first: OrderSlot
        var last: OrderSlot
    }

    private let fundings: Registry<DatedFundingRow>
    /// By currency, in the order of their dates.
    private var lines = [[Line]](repeating: [], count: Currency.count)
    /// By currency: where its next opening stands in the heap of due times.
    private let duePositions: UnsafeMutablePointer<UInt32>
    private var countOfPayer: [ParticipantID: Int] = [:]
    private(set) var count = 0
    private var changed = ChangedRows<DatedPaymentRow>()

    /// The register is changed here alone.
    init(_ fundings: Registry<DatedFundingRow>) {
        self.fundings = fundings
        duePositions = .allocate(capacity: Currency.count)
        duePositions.initialize(repeating: 0, count: Currency.count)
    }

    deinit { duePositions.deallocate() }

    var isEmpty: Bool { count == 0 }

    // MARK: Funding

    /// When what payments of a bank can cost is held.
    func funding(of payer: ParticipantID) -> DatedFunding {
        fundings.find(UInt128(payer))?.funding ?? .atAcceptance
    }

    func setFunding(of payer: ParticipantID, to funding: DatedFunding) {
        fundings.put(DatedFundingRow(participant: payer, funding: funding))
    }

    // MARK: Lines

    func hasRoom(for payer: ParticipantID) -> Bool {
        count < Limits.datedPayments
            && countOfPayer[payer, default: 0] < Limits.datedPaymentsOfPayer
    }

    /// The earliest date for which a payment of the corridor waits.
    func firstDate(_ foreign: Currency) -> CivilDate? {
        lines[Int(foreign.rawValue)].first?.date
    }

    /// Puts an order at the end of the line of its date.
    ///
    /// - Precondition: its number is higher than those in the line.
    /// - Complexity: O(dates for which payments wait).
    mutating func add(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let order = orders.pointer(slot)
        let date = orders.record(slot).pointee.date
        let corridor = Int(order.pointee.foreign.rawValue)
        count += 1
        countOfPayer[order.pointee.payer, default: 0] += 1
        order.pointee.next = 0
        let place = lines[corridor].firstIndex { $0.date >= date } ?? lines[corridor].count
        guard place < lines[corridor].count, lines[corridor][place].date == date else {
            order.pointee.previous = 0
            lines[corridor].insert(Line(date: date, first: slot, last: slot), at: place)
            return
        }
        let last = lines[corridor][place].last
        require(orders.payment(last) < orders.payment(slot), "payments come in their order")
        order.pointee.previous = last
        orders.pointer(last).pointee.next = slot
        lines[corridor][place].last = slot
    }

    /// Takes an order out of its line.
    ///
    /// - Complexity: O(dates for which payments wait).
    mutating func remove(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let order = orders.pointer(slot)
        let date = orders.record(slot).pointee.date
        let corridor = Int(order.pointee.foreign.rawValue)
        guard let place = lines[corridor].firstIndex(where: { $0.date == date }) else {
            preconditionFailure("an order that waits stands in a line")
        }
        let (next, previous) = (order.pointee.next, order.pointee.previous)
        if previous == 0 {
            lines[corridor][place].first = next
        } else {
            orders.pointer(previous).pointee.next = next
        }
        if next == 0 {
            lines[corridor][place].last = previous
        } else {
            orders.pointer(next).pointee.previous = previous
        }
        if lines[corridor][place].first == 0 { lines[corridor].remove(at: place) }
        (order.pointee.next, order.pointee.previous) = (0, 0)
        leave(order.pointee.payer)
    }

    private mutating func leave(_ payer: ParticipantID) {
        count -= 1
        let left = countOfPayer[payer, default: 0] - 1
        require(count >= 0 && left >= 0, "what leaves has waited")
        countOfPayer[payer] = left == 0 ? nil : left
    }

    /// The payment with the lowest number whose date has come; 0 when none has.
    ///
    /// - Complexity: O(dates for which payments wait).
    func next(_ foreign: Currency, through date: CivilDate, in orders: borrowing OrderSlab)
        -> OrderSlot
    {
        var oldest: OrderSlot = 0
        for line in lines[Int(foreign.rawValue)] {
            guard line.date <= date else { break }
            if oldest == 0 || orders.payment(line.first) < orders.payment(oldest) {
                oldest = line.first
            }
        }
        return oldest
    }

    // MARK: The next opening

    func keep(_ position: UInt32, at place: UInt32) { duePositions[Int(place)] = position }

    /// Where the corridor's next opening stands in the heap; 0 when nothing waits for one.
    func duePosition(_ foreign: Currency) -> UInt32 { duePositions[Int(foreign.rawValue)] }

    // MARK: Rows

    /// - Parameter before: the row as it was on record; nil of a new one.
    mutating func put(_ row: DatedPaymentRow, before: DatedPaymentRow? = nil) {
        changed.put(row, before: before)
    }

    /// Why a payment could not enter in this batch; accepted of any other.
    func refusal(of payment: PaymentID) -> ResultCode {
        changed.find(UInt128(payment))?.code ?? .accepted
    }

    /// Ends the batch: gives the changed rows, and the change of the state hash.
    mutating func takeChanges(into effects: inout Effects) -> UInt64 {
        changed.take(into: &effects)
    }
}
