/// A result code in the words of each interface.
public struct ResultDescription: Sendable {
    /// The name on the wire.
    public var name: StaticString
    /// The status number of gRPC.
    public var grpcStatus: UInt8
    public var httpStatus: Int
    /// ISO 20022 `ExternalStatusReason1Code`; empty for success.
    public var isoReason: StaticString
    /// One sentence that a person can act on.
    public var sentence: StaticString

    init(
        _ name: StaticString, grpc: UInt8, http: Int, iso: StaticString, _ sentence: StaticString
    ) {
        self.name = name
        self.grpcStatus = grpc
        self.httpStatus = http
        self.isoReason = iso
        self.sentence = sentence
    }
}

extension ResultCode {
    /// The code's row in the table of results.
    public var description: ResultDescription {
        switch self {
        case .accepted:
            .init(
                "ACCEPTED", grpc: 0, http: 200, iso: "",
                "The command was carried out.")
        case .malformedRequest:
            .init(
                "MALFORMED_REQUEST", grpc: 3, http: 400, iso: "FF01",
                "The request cannot be read; the detail names the field and what it should be.")
        case .unauthenticated:
            .init(
                "UNAUTHENTICATED", grpc: 16, http: 401, iso: "AG01",
                "Connect with a client certificate that names a participant or an operator.")
        case .permissionDenied:
            .init(
                "PERMISSION_DENIED", grpc: 7, http: 403, iso: "AG01",
                "The certificate does not allow this call.")
        case .methodUnknown:
            .init(
                "METHOD_UNKNOWN", grpc: 12, http: 404, iso: "FF01",
                "There is no such method or path.")
        case .notFound:
            .init(
                "NOT_FOUND", grpc: 5, http: 404, iso: "NARR",
                "Nothing with this identifier is visible to the caller.")
        case .requestTooLarge:
            .init(
                "REQUEST_TOO_LARGE", grpc: 8, http: 413, iso: "FF01",
                "The request is larger than the documented limit; send it in parts.")
        case .methodNotAllowed:
            .init(
                "METHOD_NOT_ALLOWED", grpc: 12, http: 405, iso: "FF01",
                "The path exists, but not with this HTTP method.")
        case .mediaTypeUnsupported:
            .init(
                "MEDIA_TYPE_UNSUPPORTED", grpc: 3, http: 415, iso: "FF01",
                """
                This content type or content encoding is not taken here; the detail says which \
                and what is.
                """)
        case .overloaded:
            .init(
                "OVERLOADED", grpc: 8, http: 429, iso: "FF10",
                """
                The queue of commands is full and nothing was recorded; retry with the \
                same identifier after a moment.
                """)
        case .unavailable:
            .init(
                "UNAVAILABLE", grpc: 14, http: 503, iso: "FF10",
                """
                The gateway is starting, stopping or has lost its database and recorded \
                nothing; retry with the same identifier.
                """)
        case .outcomeUnknown:
            .init(
                "OUTCOME_UNKNOWN", grpc: 2, http: 504, iso: "FF10",
                """
                The gateway lost sight of the command; ask for its status or retry with \
                the same identifier, both are safe.
                """)
        case .deadlineExceeded:
            .init(
                "DEADLINE_EXCEEDED", grpc: 4, http: 504, iso: "FF10",
                """
                The caller's deadline passed; ask for the status or retry with the same \
                identifier, both are safe.
                """)
        case .internalError:
            .init(
                "INTERNAL_ERROR", grpc: 13, http: 500, iso: "FF10",
                "The gateway failed to answer; the operator finds the cause in its log.")
        case .rulesTooOld:
            .init(
                "RULES_TOO_OLD", grpc: 9, http: 409, iso: "NARR",
                "The ledger's rules are older than this request; an operator can raise them.")
        case .contentInChain:
            .init(
                "CONTENT_IN_CHAIN", grpc: 9, http: 409, iso: "NARR",
                "The payment was recorded before rules of version 3; its details are in the chain.")
        case .uetrConflict:
            .init(
                "UETR_CONFLICT", grpc: 6, http: 409, iso: "AM05",
                "This UETR is on record with other content; use a new UETR for another payment.")
        case .referenceConflict:
            .init(
                "REFERENCE_CONFLICT", grpc: 6, http: 409, iso: "AM05",
                "This reference is on record with other content; use a new reference.")
        case .attemptsExhausted:
            .init(
                "ATTEMPTS_EXHAUSTED", grpc: 8, http: 409, iso: "AM05",
                "Eight attempts at this payment are on record; use a new UETR.")
        case .payerUnknown:
            .init(
                "PAYER_UNKNOWN", grpc: 9, http: 422, iso: "RC03",
                "The paying bank is not registered as a participant.")
        case .submitterNotPayer:
            .init(
                "SUBMITTER_NOT_PAYER", grpc: 7, http: 403, iso: "AG01",
                """
                Only the payer, or the direct participant through which it settles, may \
                act for it.
                """)
        case .payerSuspended:
            .init(
                "PAYER_SUSPENDED", grpc: 9, http: 422, iso: "AG10",
                """
                The paying participant, or the one through which it settles, is suspended; try \
                again under this UETR as another attempt.
                """)
        case .payerMayNotPay:
            .init(
                "PAYER_MAY_NOT_PAY", grpc: 7, http: 403, iso: "AG01",
                "The participant's roles do not allow this payment order.")
        case .creditorUnknown:
            .init(
                "CREDITOR_UNKNOWN", grpc: 9, http: 422, iso: "RC04",
                "The creditor's bank is not registered as a participant.")
        case .creditorSuspended:
            .init(
                "CREDITOR_SUSPENDED", grpc: 9, http: 422, iso: "AG11",
                """
                The creditor's participant, or the one through which it settles, is suspended; try \
                again under this UETR as another attempt.
                """)
        case .corridorUnknown:
            .init(
                "CORRIDOR_UNKNOWN", grpc: 9, http: 422, iso: "AM03",
                "No corridor is open between these two currencies; one of them must be CNY.")
        case .corridorHalted:
            .init(
                "CORRIDOR_HALTED", grpc: 9, http: 422, iso: "FF10",
                "The corridor is halted; try again under this UETR as another attempt.")
        case .corridorClosed:
            .init(
                "CORRIDOR_CLOSED", grpc: 9, http: 422, iso: "AM03",
                "The corridor is closed; try again under this UETR as another attempt.")
        case .outsideSession:
            .init(
                "OUTSIDE_SESSION", grpc: 9, http: 422, iso: "TM01",
                """
                The corridor takes orders only between its opening and its cut-off; try again \
                under this UETR as another attempt.
                """)
        case .amountNotPositive:
            .init(
                "AMOUNT_NOT_POSITIVE", grpc: 3, http: 422, iso: "AM01",
                "The amount must be more than zero.")
        case .amountBelowMinimum:
            .init(
                "AMOUNT_BELOW_MINIMUM", grpc: 9, http: 422, iso: "AM06",
                "The amount is below the corridor's minimum size.")
        case .amountAboveMaximum:
            .init(
                "AMOUNT_ABOVE_MAXIMUM", grpc: 9, http: 422, iso: "AM02",
                "The amount is above the corridor's maximum size.")
        case .rateOffTick:
            .init(
                "RATE_OFF_TICK", grpc: 3, http: 422, iso: "AM12",
                "The rate is not a multiple of the corridor's tick.")
        case .rateOutsideCollar:
            .init(
                "RATE_OUTSIDE_COLLAR", grpc: 9, http: 422, iso: "AM12",
                "The rate lies outside the corridor's protection collar around its reference rate.")
        case .expiryInvalid:
            .init(
                "EXPIRY_INVALID", grpc: 3, http: 422, iso: "DT01",
                """
                A good-till-date order needs a time that is still to come; other orders \
                carry none.
                """)
        case .minimumFillInvalid:
            .init(
                "MINIMUM_FILL_INVALID", grpc: 3, http: 422, iso: "AM12",
                """
                A minimum fill lies between one minor unit and the amount, and only with \
                the policy MINIMUM.
                """)
        case .insufficientFunds:
            .init(
                "INSUFFICIENT_FUNDS", grpc: 9, http: 422, iso: "AM04",
                """
                The payer's available balance does not cover the worst-case amount and fee; try \
                again under this UETR as another attempt.
                """)
        case .balanceInsufficient:
            .init(
                "BALANCE_INSUFFICIENT", grpc: 9, http: 422, iso: "AM04",
                "The withdrawal is larger than the balance that is not held.")
        case .creditLimitInUse:
            .init(
                "CREDIT_LIMIT_IN_USE", grpc: 9, http: 422, iso: "AM04",
                "The new credit limit is below what the participant already uses.")
        case .currencyTotalExceeded:
            .init(
                "CURRENCY_TOTAL_EXCEEDED", grpc: 11, http: 422, iso: "AM02",
                "The currency's balances and limits together would pass the ledger's bound.")
        case .debitCapReached:
            .init(
                "DEBIT_CAP_REACHED", grpc: 9, http: 422, iso: "AM13",
                """
                The payment and its fee would pass the payer's debit cap in this currency; try \
                again under this UETR as another attempt.
                """)
        case .bilateralCapReached:
            .init(
                "BILATERAL_CAP_REACHED", grpc: 9, http: 422, iso: "AM13",
                """
                The payment and its fee would pass the payer's debit cap towards the creditor's \
                bank; try again under this UETR as another attempt.
                """)
        case .paymentsFull:
            .init(
                "PAYMENTS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many payments as it was built for; ask the operator.")
        case .openOrdersFull:
            .init(
                "OPEN_ORDERS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The books hold as many open orders as they can; retry later with the same UETR.")
        case .accountsFull:
            .init(
                "ACCOUNTS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many accounts as it was built for; ask the operator.")
        case .participantsFull:
            .init(
                "PARTICIPANTS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many participants as it was built for; ask the operator.")
        case .fundingsFull:
            .init(
                "FUNDINGS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many fundings as it was built for; ask the operator.")
        case .paymentUnknown:
            .init(
                "PAYMENT_UNKNOWN", grpc: 5, http: 404, iso: "NOOR",
                "No payment of the caller has this UETR.")
        case .paymentFinal:
            .init(
                "PAYMENT_FINAL", grpc: 9, http: 409, iso: "ARDT",
                "The payment is final; nothing undoes a fill, a return is a new payment.")
        case .paymentAmbiguous:
            .init(
                "PAYMENT_AMBIGUOUS", grpc: 9, http: 409, iso: "NARR",
                "Several payments with this UETR are the caller's to see; name the payer.")
        case .participantConflict:
            .init(
                "PARTICIPANT_CONFLICT", grpc: 6, http: 409, iso: "NARR",
                "A participant with this BIC is on record with other content.")
        case .registrationInvalid:
            .init(
                "REGISTRATION_INVALID", grpc: 3, http: 422, iso: "NARR",
                """
                The roles or the country do not fit together; receive-only excludes the \
                other roles.
                """)
        case .directParticipantInvalid:
            .init(
                "DIRECT_PARTICIPANT_INVALID", grpc: 9, http: 422, iso: "NARR",
                "An indirect participant settles through a registered direct participant.")
        case .participantUnknown:
            .init(
                "PARTICIPANT_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "No participant has this BIC.")
        case .corridorInvalid:
            .init(
                "CORRIDOR_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A parameter of the corridor lies outside its documented range.")
        case .corridorHasOpenOrders:
            .init(
                "CORRIDOR_HAS_OPEN_ORDERS", grpc: 9, http: 409, iso: "NARR",
                "The tick of a corridor can change only while no order rests in it.")
        case .participantNotDirect:
            .init(
                "PARTICIPANT_NOT_DIRECT", grpc: 9, http: 422, iso: "NARR",
                """
                Only a direct participant has accounts; fund the one through which this \
                bank settles.
                """)
        case .amountInvalid:
            .init(
                "AMOUNT_INVALID", grpc: 3, http: 422, iso: "AM12",
                """
                The amount is zero, negative where it must not be, or beyond the ledger's \
                largest amount.
                """)
        case .rulesInvalid:
            .init(
                "RULES_INVALID", grpc: 3, http: 422, iso: "NARR",
                "The ledger's rules are raised to a newer version that this gateway knows.")
        case .nostroInvalid:
            .init(
                "NOSTRO_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A nostro names its agent's BIC and 1 to 34 printable characters without spaces.")
        case .nostrosFull:
            .init(
                "NOSTROS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many nostro accounts as it was built for; ask the operator.")
        case .nostroUnknown:
            .init(
                "NOSTRO_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "No nostro account has this number.")
        case .nostroClosed:
            .init(
                "NOSTRO_CLOSED", grpc: 9, http: 409, iso: "NARR",
                "The nostro account is closed; open it again or name another one.")
        case .nostroCurrencyDiffers:
            .init(
                "NOSTRO_CURRENCY_DIFFERS", grpc: 9, http: 422, iso: "NARR",
                "The nostro account is kept in another currency.")
        case .nostroInUse:
            .init(
                "NOSTRO_IN_USE", grpc: 9, http: 409, iso: "NARR",
                "A nostro account is closed only when nothing is left on it.")
        case .withdrawalsFull:
            .init(
                "WITHDRAWALS_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many withdrawals are on record, or of the account under way, as there may be.")
        case .withdrawalUnknown:
            .init(
                "WITHDRAWAL_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "No withdrawal has this reference.")
        case .withdrawalNotInState:
            .init(
                "WITHDRAWAL_NOT_IN_STATE", grpc: 9, http: 409, iso: "NARR",
                "The withdrawal has gone another way; ask where it stands.")
        case .agentEntryInvalid:
            .init(
                "AGENT_ENTRY_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A transfer names two different nostros; a fee or interest names one.")
        case .agentEntriesFull:
            .init(
                "AGENT_ENTRIES_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many agents' entries as it was built for; ask the operator.")
        case .reasonMissing:
            .init(
                "REASON_MISSING", grpc: 3, http: 422, iso: "NARR",
                """
                Say why: a reversal why it is not paid, a refusal why it is not approved, an \
                exception why it counts.
                """)
        case .participantSuspended:
            .init(
                "PARTICIPANT_SUSPENDED", grpc: 9, http: 422, iso: "AG10",
                "The participant is suspended; it can withdraw when it is active again.")
        case .identifierInvalid:
            .init(
                "IDENTIFIER_INVALID", grpc: 3, http: 422, iso: "NARR",
                "The clearing code is no code and member number as its system writes them.")
        case .identifierConflict:
            .init(
                "IDENTIFIER_CONFLICT", grpc: 6, http: 409, iso: "NARR",
                "This clearing code is another participant's; take it away from that one first.")
        case .identifiersFull:
            .init(
                "IDENTIFIERS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many clearing codes as it was built for; ask the operator.")
        case .correspondentInvalid:
            .init(
                "CORRESPONDENT_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A correspondent acts for a bank with a BIC that is no participant itself.")
        case .correspondentsFull:
            .init(
                "CORRESPONDENTS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many correspondents as it was built for; ask the operator.")
        case .correspondentNotNamed:
            .init(
                "CORRESPONDENT_NOT_NAMED", grpc: 7, http: 403, iso: "AG01",
                "The submitter is no correspondent of the bank that the order names as its payer.")
        case .operatorMissing:
            .init(
                "OPERATOR_MISSING", grpc: 9, http: 409, iso: "NARR",
                "The command names no operator, which the ledger's rules ask for; send it again.")
        case .operatorUnknown:
            .init(
                "OPERATOR_UNKNOWN", grpc: 7, http: 403, iso: "AG01",
                "No operator on record has this name; another operator can put him on record.")
        case .operatorSuspended:
            .init(
                "OPERATOR_SUSPENDED", grpc: 7, http: 403, iso: "AG01",
                "The operator is suspended; another operator can make him active again.")
        case .operatorInvalid:
            .init(
                "OPERATOR_INVALID", grpc: 3, http: 422, iso: "NARR",
                """
                An operator has a name of 1 to 34 printable characters without spaces, and a \
                role or several.
                """)
        case .operatorLast:
            .init(
                "OPERATOR_LAST", grpc: 9, http: 409, iso: "NARR",
                "He is the last active operator of a role; give it to another one first.")
        case .operatorsFull:
            .init(
                "OPERATORS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many operators as it was built for.")
        case .commandConflict:
            .init(
                "COMMAND_CONFLICT", grpc: 6, http: 409, iso: "AM05",
                "The operator gave another command under this identification; choose a new one.")
        case .contentKeySet:
            .init(
                "CONTENT_KEY_SET", grpc: 9, http: 409, iso: "NARR",
                "A ledger has one key of its content hashes, and its nodes give it.")
        case .paymentOpen:
            .init(
                "PAYMENT_OPEN", grpc: 9, http: 409, iso: "NARR",
                "The payment can still change; its details are erased when it is final.")
        case .messagingInvalid:
            .init(
                "MESSAGING_INVALID", grpc: 3, http: 400, iso: "NARR",
                "Credit transfers are told whole or in parts, and reports come once a day or more.")
        case .messagingInUse:
            .init(
                "MESSAGING_IN_USE", grpc: 9, http: 409, iso: "NARR",
                "A payment to the bank is settled in part; whether parts are told changes later.")
        case .messageUnknown:
            .init(
                "MESSAGE_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "The bank has no message of this number yet.")
        case .nothingSettled:
            .init(
                "NOTHING_SETTLED", grpc: 9, http: 409, iso: "NOOR",
                "Nothing of this payment was settled, so nothing can follow it.")
        case .paymentUnderWay:
            .init(
                "PAYMENT_UNDER_WAY", grpc: 9, http: 409, iso: "NARR",
                "The payment can still change; what follows it is taken when it is final.")
        case .paymentReturned:
            .init(
                "PAYMENT_RETURNED", grpc: 9, http: 409, iso: "ARDT",
                "Everything that was received has been returned.")
        case .recordOutdated:
            .init(
                "RECORD_OUTDATED", grpc: 14, http: 503, iso: "FF10",
                "The record was read too long before the command came here; send it again.")
        case .creditFinal:
            .init(
                "CREDIT_FINAL", grpc: 9, http: 409, iso: "NARR",
                "The creditor's bank has said what became of the money; only a return changes it.")
        case .caseNotOpen:
            .init(
                "CASE_NOT_OPEN", grpc: 9, http: 409, iso: "NARR",
                "No case of this number is open for the payment; ask where the payment stands.")
        case .caseNeedsReturn:
            .init(
                "CASE_NEEDS_RETURN", grpc: 9, http: 409, iso: "NARR",
                "A credit was rejected; only a return closes the case.")
        case .casesFull:
            .init(
                "CASES_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many cases are open or on record as there may be; ask the operator.")
        case .reasonInvalid:
            .init(
                "REASON_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A rejection, return, request or refusal states an ISO 20022 reason, a credit none."
            )
        case .sideSuspended:
            .init(
                "SIDE_SUSPENDED", grpc: 9, http: 422, iso: "AG10",
                "A side of the return is suspended; send it again when both take part.")
        case .returnConflict:
            .init(
                "RETURN_CONFLICT", grpc: 6, http: 409, iso: "AM05",
                "This return identification is on record with other content; choose a new one.")
        case .returnAboveReceived:
            .init(
                "RETURN_ABOVE_RECEIVED", grpc: 9, http: 422, iso: "AM02",
                "The returns would be more than the payment's creditor received.")
        case .returnNotCovered:
            .init(
                "RETURN_NOT_COVERED", grpc: 9, http: 422, iso: "AM04",
                "The returning side's available balance does not cover the return; send it later.")
        case .returnsExhausted:
            .init(
                "RETURNS_EXHAUSTED", grpc: 8, http: 409, iso: "NARR",
                "As many returns of this payment are on record as there may be.")
        case .noticesFull:
            .init(
                "NOTICES_FULL", grpc: 8, http: 503, iso: "FF10",
                "More notices came of late than the ledger keeps in mind; send it again later.")
        case .proposed:
            .init(
                "PROPOSED", grpc: 0, http: 202, iso: "",
                "The command waits as a proposal for a second person to approve it."
            )
        case .roleMissing:
            .init(
                "ROLE_MISSING", grpc: 7, http: 403, iso: "AG01",
                "The policy gives this command to other roles than the operator has.")
        case .policyInvalid:
            .init(
                "POLICY_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A policy line names a governed command, roles, 1 or 2 persons, at most 720 hours."
            )
        case .policyFull:
            .init(
                "POLICY_FULL", grpc: 8, http: 503, iso: "FF10",
                "The policy has as many lines as the ledger was built for.")
        case .personsMissing:
            .init(
                "PERSONS_MISSING", grpc: 9, http: 409, iso: "NARR",
                "Too few persons would be left who can change policy and operators."
            )
        case .proposalsFull:
            .init(
                "PROPOSALS_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many proposals are open, in all or of the operator, as there may be."
            )
        case .proposalTooLarge:
            .init(
                "PROPOSAL_TOO_LARGE", grpc: 3, http: 422, iso: "FF01",
                "A proposal has at most 8,192 bytes with its note, which is plain text."
            )
        case .proposalWaits:
            .init(
                "PROPOSAL_WAITS", grpc: 6, http: 409, iso: "NARR",
                "The same command waits as a proposal already; approve that one.")
        case .proposalUnknown:
            .init(
                "PROPOSAL_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "There is no proposal of this number.")
        case .proposalDecided:
            .init(
                "PROPOSAL_DECIDED", grpc: 9, http: 409, iso: "NARR",
                "The proposal was decided before; ask what became of it.")
        case .proposalDiffers:
            .init(
                "PROPOSAL_DIFFERS", grpc: 9, http: 409, iso: "NARR",
                "The proposal has another content than the one named; read it again.")
        case .samePerson:
            .init(
                "SAME_PERSON", grpc: 7, http: 403, iso: "AG01",
                "A proposal is approved by another person than its proposer.")
        case .dutiesSeparate:
            .init(
                "DUTIES_SEPARATE", grpc: 7, http: 403, iso: "AG01",
                "Who reconciles approves nothing that payments gives, nor the other way round."
            )
        case .proposerBarred:
            .init(
                "PROPOSER_BARRED", grpc: 9, http: 409, iso: "NARR",
                "The proposer may not give this command any more; refuse the proposal.")
        case .proposalRefused:
            .init(
                "PROPOSAL_REFUSED", grpc: 9, http: 409, iso: "NARR",
                "The command was proposed and refused; if still wanted, give it as another one."
            )
        case .proposalWithdrawn:
            .init(
                "PROPOSAL_WITHDRAWN", grpc: 9, http: 409, iso: "NARR",
                "The command was proposed and withdrawn by its proposer.")
        case .proposalExpired:
            .init(
                "PROPOSAL_EXPIRED", grpc: 9, http: 409, iso: "NARR",
                "Nobody approved the proposed command in time; give it again as another command.")
        case .keysFull:
            .init(
                "KEYS_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many keys are on record as the ledger was built for; ask the operator.")
        case .keyInvalid:
            .init(
                "KEY_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A key has a fingerprint, an owner's name as it is written, and an end to come.")
        case .keyConflict:
            .init(
                "KEY_CONFLICT", grpc: 6, http: 409, iso: "NARR",
                "This key is on record already; another one has another fingerprint.")
        case .keyUnknown:
            .init(
                "KEY_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "No key that can be used so has this fingerprint.")
        case .calendarInvalid:
            .init(
                "CALENDAR_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A working day opens, then is cut off, then turns; a closed one has no times."
            )
        case .stagedDaysFull:
            .init(
                "STAGED_DAYS_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many dates of the currency are staged as there may be; adopt or remove some.")
        case .calendarGap:
            .init(
                "CALENDAR_GAP", grpc: 9, http: 422, iso: "NARR",
                "A calendar has every date: stage them all, from where it ends.")
        case .calendarDiffers:
            .init(
                "CALENDAR_DIFFERS", grpc: 9, http: 409, iso: "NARR",
                "The staged dates are not those that were seen; look at them again.")
        case .calendarDayBegun:
            .init(
                "CALENDAR_DAY_BEGUN", grpc: 9, http: 409, iso: "NARR",
                "A day that has begun, or whose turn has passed, does not change any more.")
        case .calendarOverlaps:
            .init(
                "CALENDAR_OVERLAPS", grpc: 9, http: 422, iso: "NARR",
                "A working day opens no sooner than the one before it turns.")
        case .calendarMissing:
            .init(
                "CALENDAR_MISSING", grpc: 9, http: 409, iso: "NARR",
                "Both currencies of the corridor need a calendar first.")
        case .debitCapInvalid:
            .init(
                "DEBIT_CAP_INVALID", grpc: 3, http: 422, iso: "NARR",
                "A bank's debit cap is towards another bank, or towards all.")
        case .debitCapsFull:
            .init(
                "DEBIT_CAPS_FULL", grpc: 8, http: 503, iso: "FF10",
                "The ledger holds as many debit caps as it was built for; ask the operator.")
        case .datePassed:
            .init(
                "DATE_PASSED", grpc: 9, http: 422, iso: "DT01",
                "The corridor has closed for this settlement date; send a new payment.")
        case .dateClosed:
            .init(
                "DATE_CLOSED", grpc: 9, http: 422, iso: "DT01",
                "The corridor does not open on this settlement date.")
        case .dateTooFar:
            .init(
                "DATE_TOO_FAR", grpc: 9, http: 422, iso: "DT01",
                "A settlement date lies at most ten working dates of the corridor ahead.")
        case .datedFull:
            .init(
                "DATED_FULL", grpc: 8, http: 503, iso: "FF10",
                """
                As many payments wait for their dates as may; try again under this UETR as \
                another attempt.
                """)
        case .agentStatementInvalid:
            .init(
                "AGENT_STATEMENT_INVALID", grpc: 3, http: 422, iso: "NARR",
                """
                Days, number of lines, balances or digest can be none of a statement, or another \
                one opens the account.
                """)
        case .agentStatementConflict:
            .init(
                "AGENT_STATEMENT_CONFLICT", grpc: 6, http: 409, iso: "NARR",
                """
                Another statement of the account has this identification and sequence in the same \
                year.
                """)
        case .agentStatementOverlaps:
            .init(
                "AGENT_STATEMENT_OVERLAPS", grpc: 9, http: 409, iso: "NARR",
                "A statement that was taken covers some of these days of the account.")
        case .agentStatementsFull:
            .init(
                "AGENT_STATEMENTS_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many statements of agents are on record, or are received, as there may be.")
        case .agentStatementUnknown:
            .init(
                "AGENT_STATEMENT_UNKNOWN", grpc: 5, http: 404, iso: "NARR",
                "No statement of an agent has this number.")
        case .agentStatementNotReceiving:
            .init(
                "AGENT_STATEMENT_NOT_RECEIVING", grpc: 9, http: 409, iso: "NARR",
                "The statement is taken or abandoned, and stays as it is.")
        case .agentLineOutOfOrder:
            .init(
                "AGENT_LINE_OUT_OF_ORDER", grpc: 9, http: 409, iso: "NARR",
                "Another line of the statement is the next one, or all announced ones have come.")
        case .agentLinesFull:
            .init(
                "AGENT_LINES_FULL", grpc: 8, http: 503, iso: "FF10",
                "As many lines of agents' statements are open as there may be.")
        case .agentStatementIncomplete:
            .init(
                "AGENT_STATEMENT_INCOMPLETE", grpc: 9, http: 409, iso: "NARR",
                "Some of the lines that the statement announced have not come.")
        case .agentStatementUnbalanced:
            .init(
                "AGENT_STATEMENT_UNBALANCED", grpc: 9, http: 422, iso: "NARR",
                "The statement's opening balance and its lines do not make its closing balance.")
        case .agentStatementFirst:
            .init(
                "AGENT_STATEMENT_FIRST", grpc: 9, http: 409, iso: "NARR",
                "It is the account's first statement, so two persons accept what it opens with.")
        case .agentStatementGap:
            .init(
                "AGENT_STATEMENT_GAP", grpc: 9, http: 409, iso: "NARR",
                "The statement does not go on from the balance that the one before it leaves.")
        }
    }
}
