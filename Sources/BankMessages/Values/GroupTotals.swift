internal import Domain

extension MessageElement {
    /// The sums that the group header may state must be those of the transactions; nothing is
    /// compared while one of them states no amount.
    ///
    /// - Parameters:
    ///   - amountName: the amount of each transaction.
    ///   - totalName: their sum in their currency; `CtrlSum` is the sum whatever they are in.
    func checkTotals(
        of elements: [MessageElement], amount amountName: String, total totalName: String
    ) throws(MessageRejection) {
        let total = try child(totalName)
        let control = try child("CtrlSum")
        guard total != nil || control != nil else { return }
        let amounts = elements.map { $0.statedAmount(amountName) }
        let isWhole = amounts.allSatisfy { $0 != nil }
        // In units of 10⁻¹⁷, of which 128 bits hold more than a thousand amounts sum up to.
        let sum = amounts.reduce(UInt128(0)) { $0 &+ ($1?.number.scaled ?? 0) }
        if let total {
            let stated = try total.money()
            let hasOneCurrency = amounts.allSatisfy { $0?.currency == stated.currency.code }
            let scaled = DecimalNumber(stated.decimal)?.scaled
            guard !isWhole || hasOneCurrency && sum == scaled else {
                throw total.sumRejection(amountName)
            }
        }
        if let control {
            let stated = try control.decimalNumber()
            guard !isWhole || sum == stated.scaled else { throw control.sumRejection(amountName) }
        }
    }

    private func sumRejection(_ amountName: String) -> MessageRejection {
        MessageRejection(
            cause: .contradiction, code: .invalidControlSum, path: path,
            sentence: "\(element.name) is not the sum of all \(amountName).")
    }

    /// What the amount says, whether or not it can be settled; nil when it says none.
    private func statedAmount(_ name: String) -> (number: DecimalNumber, currency: String?)? {
        guard let amount = try? child(name), let number = try? amount.decimalNumber()
        else { return nil }
        return (number, amount.element.attribute("Ccy"))
    }
}

extension DecimalNumber {
    /// In units of 10⁻¹⁷, for numbers of at most 18 digits that count.
    fileprivate var scaled: UInt128 { magnitude * powerOfTen(17 - fractionDigits) }
}
