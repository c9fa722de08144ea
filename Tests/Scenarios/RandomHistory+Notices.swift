internal import Chance
internal import Domain

extension RandomHistory {
    /// What banks only announce, some of it several times.
    mutating func notice() -> RecordNotice {
        if !noticed.isEmpty, random.percent(40) {
            // Repeated, by its sender or by another bank.
            var notice = noticed[noticed.count - 1 - random.below(min(60, noticed.count))]
            if random.percent(15) { notice.submitter = random.pick(Banks.payers) }
            return notice
        }
        var notice = RecordNotice()
        notice.submitter = random.pick(Banks.payers + [Banks.office, Banks.unknown])
        notice.notice = random.pick(NoticeKind.allCases)
        let names = ["pacs.008.001.08", "pacs.009.001.10", "pacs.004.001.09", "camt.056.001.08"]
        notice.message = MessageName(random.pick(names)) ?? .none
        notice.contentHash = random.wide()
        if random.percent(90) {
            notice.uetr =
                submitted.isEmpty || random.percent(50)
                ? random.uetr() : random.pick(submitted).uetr
        }
        if random.percent(80) {
            (notice.amount, notice.currency) = (fundingAmount(), currency())
            if notice.amount == 0 { notice.currency = .cny }
        }
        if random.percent(70) { notice.bank = random.pick(Banks.payers + [Banks.unknown]) }
        if random.percent(70) {
            notice.settlementDate = StatedDate(year: 2_026, month: 1, day: 1 + random.below(28))
        }
        noticed.append(notice)
        return notice
    }
}
