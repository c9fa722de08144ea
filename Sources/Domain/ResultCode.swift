/// What a command or a request led to, in one number.
///
/// Numbers are explicit and never reused. Where several apply the first in the order of the ladder
/// in `docs/rulebook.md` is given. Rejections come before the first mutation.
public enum ResultCode: UInt16, BitwiseCopyable, Sendable, CaseIterable {
    // Success
    case accepted = 0

    // Answered before a command is formed (gateway)
    case malformedRequest = 100
    case unauthenticated = 101
    case permissionDenied = 102
    case methodUnknown = 103
    case notFound = 104
    case requestTooLarge = 105
    case methodNotAllowed = 106
    case mediaTypeUnsupported = 107
    case overloaded = 110
    case unavailable = 111
    case outcomeUnknown = 112
    case deadlineExceeded = 113
    case internalError = 114
    case rulesTooOld = 115
    case contentInChain = 116

    // Identity of the command
    case uetrConflict = 201
    case referenceConflict = 202
    case attemptsExhausted = 203

    // Participants
    case payerUnknown = 301
    case submitterNotPayer = 302
    case payerSuspended = 303
    case payerMayNotPay = 304
    case creditorUnknown = 305
    case creditorSuspended = 306

    // Corridor and terms
    case corridorUnknown = 401
    case corridorHalted = 402
    case corridorClosed = 403
    case outsideSession = 404
    case amountNotPositive = 405
    case amountBelowMinimum = 406
    case amountAboveMaximum = 407
    case rateOffTick = 408
    case rateOutsideCollar = 409
    case expiryInvalid = 410
    case minimumFillInvalid = 411

    // Funds
    case insufficientFunds = 501
    case balanceInsufficient = 502
    case creditLimitInUse = 503
    case currencyTotalExceeded = 504
    case debitCapReached = 505
    case bilateralCapReached = 506

    // Capacity
    case paymentsFull = 601
    case openOrdersFull = 602
    case accountsFull = 603
    case participantsFull = 604
    case fundingsFull = 605

    // Cancellation
    case paymentUnknown = 701
    case paymentFinal = 702
    case paymentAmbiguous = 703

    // Operator calls
    case participantConflict = 801
    case registrationInvalid = 802
    case directParticipantInvalid = 803
    case participantUnknown = 804
    case corridorInvalid = 805
    case corridorHasOpenOrders = 806
    case participantNotDirect = 807
    case amountInvalid = 808
    case rulesInvalid = 809

    // Nostros and withdrawals
    case nostroInvalid = 820
    case nostrosFull = 821
    case nostroUnknown = 822
    case nostroClosed = 823
    case nostroCurrencyDiffers = 824
    case nostroInUse = 825
    case withdrawalsFull = 826
    case withdrawalUnknown = 827
    case withdrawalNotInState = 828
    case agentEntryInvalid = 829
    case agentEntriesFull = 830
    case reasonMissing = 831
    case participantSuspended = 832

    // Clearing codes and correspondents
    case identifierInvalid = 840
    case identifierConflict = 841
    case identifiersFull = 842
    case correspondentInvalid = 843
    case correspondentsFull = 844
    case correspondentNotNamed = 845
    case operatorMissing = 846
    case operatorUnknown = 847
    case operatorSuspended = 848
    case operatorInvalid = 849
    case operatorLast = 850
    case operatorsFull = 851
    case commandConflict = 852

    // Contents beside the log
    case contentKeySet = 860
    case paymentOpen = 861

    // Messages to banks
    case messagingInvalid = 863
    case messageUnknown = 864
    case messagingInUse = 865

    // After settlement
    case nothingSettled = 870
    case paymentUnderWay = 871
    case paymentReturned = 872
    case recordOutdated = 873
    case creditFinal = 874
    case caseNotOpen = 875
    case caseNeedsReturn = 876
    case casesFull = 877
    case reasonInvalid = 878
    case sideSuspended = 879
    case returnConflict = 880
    case returnAboveReceived = 881
    case returnNotCovered = 882
    case returnsExhausted = 883
    case noticesFull = 890
    case keysFull = 895

    // Policy and proposals
    case proposed = 900
    case roleMissing = 901
    case policyInvalid = 902
    case policyFull = 903
    case personsMissing = 904
    case proposalsFull = 905
    case proposalTooLarge = 906
    case proposalWaits = 907
    case proposalUnknown = 908
    case proposalDecided = 909
    case proposalDiffers = 910
    case samePerson = 911
    case dutiesSeparate = 912
    case proposerBarred = 913
    case proposalRefused = 914
    case proposalWithdrawn = 915
    case proposalExpired = 916

    // Keys and certificates
    case keyInvalid = 917
    case keyConflict = 918
    case keyUnknown = 919

    // Calendars
    case calendarInvalid = 920
    case stagedDaysFull = 921
    case calendarGap = 922
    case calendarDiffers = 923
    case calendarDayBegun = 924
    case calendarOverlaps = 925
    case calendarMissing = 926
    // Debit caps
    case debitCapInvalid = 940
    case debitCapsFull = 941
    // Agents' statements
    case agentStatementInvalid = 942
    case agentStatementConflict = 943
    case agentStatementOverlaps = 944
    case agentStatementsFull = 945
    // Settlement dates
    case datePassed = 946
    case dateClosed = 947
    case dateTooFar = 948
    case datedFull = 949
    // Agents' statements again
    case agentStatementUnknown = 950
    case agentStatementNotReceiving = 951
    case agentLineOutOfOrder = 952
    case agentLinesFull = 953
    case agentStatementIncomplete = 954
    case agentStatementUnbalanced = 955
    case agentStatementFirst = 956
    case agentStatementGap = 957
}

extension ResultCode {
    /// Whether an order that is refused so may be taken later as it is: what stood in its way
    /// passes (R2.14). All other refusals of orders on record are lasting.
    public var isPassing: Bool {
        switch self {
        case .payerSuspended, .creditorSuspended, .corridorHalted, .corridorClosed,
            .outsideSession, .insufficientFunds, .debitCapReached, .bilateralCapReached,
            .datedFull:
            true
        default: false
        }
    }

    public var name: String { "\(description.name)" }
    public var sentence: String { "\(description.sentence)" }
    public var isoReason: String { "\(description.isoReason)" }
}
