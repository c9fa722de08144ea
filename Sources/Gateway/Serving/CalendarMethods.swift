extension Method {
    /// `CalendarService`.
    static let calendars: [Method] = [
        .unary(
            "/langqiao.v1.CalendarService/ListCalendarDays", .readLedger, .list, "GET",
            "/v1/calendars/{currency}",
            bind: { (input: inout ProtoListCalendarDaysRequest, source) in
                input.currency = source["currency"]
                input.firstDate = source["first_date"]
                input.lastDate = source["last_date"]
            }, { try await $0.listCalendarDays($1, $2) }),
        .unary(
            "/langqiao.v1.CalendarService/ListStagedDays", .seeEveryBank, .list, "GET",
            "/v1/calendars/{currency}/staged",
            bind: { (input: inout ProtoListStagedDaysRequest, source) in
                input.currency = source["currency"]
            }, { try await $0.listStagedDays($1, $2) }),
        .unary(
            "/langqiao.v1.CalendarService/ListBusinessDays", .readLedger, .list, "GET",
            "/v1/calendars/{currency}/days",
            bind: { (input: inout ProtoListBusinessDaysRequest, source) in
                input.currency = source["currency"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listBusinessDays($1, $2) }),
        .unary(
            "/langqiao.v1.CalendarService/GetBusinessDay", .readLedger, .list, "GET",
            "/v1/calendars/{currency}/days/{day}",
            bind: { (input: inout ProtoGetBusinessDayRequest, source) in
                input.currency = source["currency"]
                input.day = source["day"]
                input.participant = source["participant"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.getBusinessDay($1, $2) }),
        .unary(
            "/langqiao.v1.CalendarService/GetAccountDay", .readLedger, .list, "GET",
            "/v1/accounts/{account_id}/days/{day}",
            bind: { (input: inout ProtoGetAccountDayRequest, source) in
                input.accountID = try source.number("account_id")
                input.day = source["day"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.getAccountDay($1, $2) }),
    ]
}
