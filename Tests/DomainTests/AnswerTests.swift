internal import Domain
internal import Testing

/// How outcomes and rows of a batch are found again.
@Suite struct AnswerTests {
    /// Commands that the record answered have no place in the batch; the others keep their order.
    @Test func recordedOutcomesTakeNoPlaceInTheBatch() {
        let applied = batch(outcomes: 40)
        for recorded in [[], [0], [5], [0, 1, 4, 5], [2, 3, 6]] {
            let answers = SubmissionAnswer(
                applied: applied, first: 10, count: 7,
                recorded: recorded.map {
                    RecordedOutcome(position: $0, outcome: outcome(1_000 + $0))
                })
            var place = 9
            let expected = (0..<7).map { position -> PaymentID in
                if recorded.contains(position) { return PaymentID(1_000 + position) }
                place += 1
                return PaymentID(place)
            }
            #expect(answers.map(\.outcome.payment) == expected)
            #expect((0..<7).map { answers[$0].applied == nil } == (0..<7).map(recorded.contains))
            var visited: [PaymentID] = []
            answers.forEachOutcome { visited.append($1.payment) }
            #expect(visited == expected)
        }
        let allRecorded = SubmissionAnswer(
            applied: nil, first: 0, count: 1,
            recorded: [RecordedOutcome(position: 0, outcome: outcome(3))])
        #expect(allRecorded[0].outcome.payment == 3)
        #expect(SubmissionAnswer.empty.isEmpty)
    }

    /// The index of a batch is made once, whoever asks first.
    @Test func rowsOfAPaymentAreFoundFromManyTasks() async {
        var effects = Effects()
        effects.fills = (0..<1_000).map { number in
            FillRow.between(PaymentID(number % 7 + 1), PaymentID(number % 11 + 20), number: number)
        }
        let applied = AppliedBatch(batch: Batch([], timestamp: 1), effects: effects)
        let fills = effects.fills
        await withTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    (0..<35).allSatisfy { id in
                        let expected = fills.filter {
                            $0.renminbiPayment == id || $0.foreignPayment == id
                        }
                        return applied.fills(ofPayment: PaymentID(id)) == expected
                    }
                }
            }
            for await isRight in tasks { #expect(isRight) }
        }
        #expect(applied.payment(1) == nil)
    }

    private func outcome(_ payment: Int) -> Outcome {
        Outcome(code: .accepted, kind: .submitPayment, payment: PaymentID(payment))
    }

    private func batch(outcomes count: Int) -> AppliedBatch {
        var effects = Effects()
        effects.outcomes = (0..<count).map(outcome)
        return AppliedBatch(batch: Batch([], timestamp: 1), effects: effects)
    }
}

extension FillRow {
    fileprivate static func between(
        _ renminbi: PaymentID, _ foreign: PaymentID, number: Int
    ) -> FillRow {
        FillRow(
            id: FillID(number), timestamp: 1, foreign: .thb, restingSide: .payForeign,
            renminbiPayment: renminbi, foreignPayment: foreign, renminbiAmount: 1,
            foreignAmount: 1, rate: .none, renminbiFee: 0, foreignFee: 0, renminbiDebit: 0,
            renminbiCredit: 0, foreignDebit: 0, foreignCredit: 0)
    }
}
