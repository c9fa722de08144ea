internal import Domain
internal import Testing

@Suite struct StatusTests {
    /// Views of a payment can be put in order, whatever steps were not seen (R9.1).
    @Test func aStatusOnlyMovesForward() {
        for a in PaymentStatus.allCases {
            for b in PaymentStatus.allCases {
                #expect(a == b || !(a.mayFollow(b) && b.mayFollow(a)), "\(a) and \(b)")
                for c in PaymentStatus.allCases where c.mayFollow(b) && b.mayFollow(a) {
                    #expect(c.mayFollow(a), "\(a), \(b), \(c)")
                }
            }
        }
    }

    /// What is final stays (R9.2); everything else may still be settled.
    @Test(arguments: PaymentStatus.allCases)
    func whatIsFinalStays(_ status: PaymentStatus) {
        let later = PaymentStatus.allCases.filter { $0.mayFollow(status) }
        #expect(status.isFinal == (later == [status]))
        #expect(status.isFinal || later.contains(.settled) && later.contains(.cancelled))
    }
}
