internal import Chance
internal import Domain

extension RandomHistory {
    /// What banks want to be told of, and that they have it.
    mutating func messagingCommand() -> Command {
        let bank = random.pick(Banks.payers + [Banks.receiver, Banks.office, Banks.unknown])
        if random.percent(30) {
            return .declared(
                AcknowledgeMessages(participant: bank, number: UInt64(random.below(40))))
        }
        return .declared(
            SetMessaging(
                participant: bank, wishes: messageWishes(),
                reportInterval: random.pick([0, 0, 7, 60, 1_440, 1_441]),
                versions: MessageVersions(packed: random.percent(80) ? 0 : 0x0D_0B_02),
                usageRules: random.pick(UsageRuleSetting.allCases)))
    }

    private mutating func messageWishes() -> MessageWishes {
        if random.percent(10) { return MessageWishes(rawValue: UInt8(random.below(32))) }
        var wishes: MessageWishes = random.percent(70) ? [.statusReports] : []
        if random.percent(60) { wishes.insert(.notifications) }
        switch random.below(3) {
        case 0: wishes.insert(.creditTransfers)
        case 1: wishes.insert(.creditTransferParts)
        default: break
        }
        return wishes
    }
}
