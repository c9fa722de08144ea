/// How the CSV files of the manifest are laid out, as an operator would state it; by a file's name,
/// as in reality by the account it is of.
enum CSVManifestMappings {
    static let all = [
        "bankstatementparser__csv_european_decimals": """
        {"delimiter": ";", "dates": "YYYY-MM-DD", "currency": "EUR",
         "amounts": {"decimal": ",", "thousands": "."},
         "columns": {"bookingDate": "Buchungstag", "remittance": "Verwendungszweck",
           "amount": "Betrag", "currency": "CCY", "account": "IBAN", "entryReference": "Ref"}}
        """,
        "bankstatementparser__csv_spanish_headers": """
        {"delimiter": ";", "dates": "YYYY-MM-DD", "currency": "EUR",
         "amounts": {"decimal": ",", "thousands": "."},
         "columns": {"bookingDate": "Fecha", "remittance": "Concepto", "amount": "Importe",
           "currency": "Moneda", "account": "Cuenta", "entryReference": "Referencia"}}
        """,
        "bankstatementparser__csv_garbled_amount": """
        {"dates": "YYYY-MM-DD", "currency": "EUR", "amounts": {"decimal": "."},
         "columns": {"bookingDate": "Date", "text": "Description", "amount": "Amount",
           "currency": "Currency"}}
        """,
        "bankstatementparser__sample_statement": """
        {"dates": "YYYY-MM-DD", "currency": "EUR", "amounts": {"decimal": "."},
         "order": "oldest-first",
         "columns": {"bookingDate": "Date", "text": "Description", "amount": "Amount",
           "currency": "Currency", "balance": "Balance", "account": "Account",
           "entryReference": "Reference"}}
        """,
        "beanhub-extract__mercury": """
        {"dates": "MM-DD-YYYY", "currency": "USD", "amounts": {"decimal": "."},
         "status": {"booked": ["Sent"], "pending": ["Pending"], "information": ["Failed"]},
         "columns": {"bookingDate": "Date (UTC)", "text": ["Description", "Bank Description"],
           "amount": "Amount", "status": "Status", "currency": "Original Currency",
           "ownerReference": "Reference"}}
        """,
        "beanhub-extract__chase_credit_card": """
        {"dates": "MM/DD/YYYY", "currency": "USD", "amounts": {"decimal": "."},
         "columns": {"bookingDate": "Post Date", "valueDate": "Transaction Date",
           "text": "Description", "amount": "Amount", "transactionCode": "Type"}}
        """,
        "beanhub-extract__beanhub": """
        {"dates": "YYYY-MM-DD", "currency": "USD",
         "amounts": {"decimal": ".", "credit": ["Credit"], "debit": ["Debit"]},
         "status": {"pending": ["True"], "booked": ["False"]},
         "columns": {"bookingDate": "post_date", "valueDate": "date", "amount": "amount",
           "direction": "type", "currency": "currency", "status": "pending",
           "text": ["desc", "bank_desc"], "entryReference": "transaction_id"}}
        """,
        "camt-csv__viseca": """
        {"dates": "YYYY-MM-DD*", "currency": "CHF",
         "amounts": {"decimal": ".", "positive": "debit"},
         "status": {"booked": ["BOOKED"]},
         "columns": {"bookingDate": "Date", "valueDate": "ValutaDate", "amount": "Amount",
           "currency": "Currency", "status": "StateType", "text": "Details",
           "entryReference": "TransactionId", "counterparty": "MerchantName"}}
        """,
        "beancount-multitool__chase_sp_card": """
        {"dates": "MM/DD/YYYY", "currency": "USD", "amounts": {"decimal": "."},
         "columns": {"bookingDate": "Post Date", "valueDate": "Transaction Date",
           "text": "Description", "amount": "Amount"}}
        """,
        "beancount-multitool__rakuten_bank": """
        {"encoding": "Shift_JIS", "dates": "YYYYMMDD", "currency": "JPY",
         "amounts": {"decimal": "."}, "order": "oldest-first",
         "columns": {"bookingDate": "取引日", "amount": "入出金(円)",
           "balance": "取引後残高(円)", "text": "入出金内容"}}
        """,
        "beancount-multitool__rakuten_card": """
        {"dates": "YYYY/MM/DD", "currency": "JPY",
         "amounts": {"decimal": ".", "positive": "debit"},
         "columns": {"bookingDate": "利用日", "amount": "支払総額", "text": "利用店名・商品名"}}
        """,
        // The header has a quote too many, and is left out; the rows are the older the higher.
        "beancount-multitool__sumishin_net_bank": """
        {"encoding": "Shift_JIS", "linesBefore": 1, "header": false, "dates": "YYYY/MM/DD",
         "currency": "JPY", "amounts": {"decimal": ".", "thousands": ","},
         "order": "oldest-first",
         "columns": {"bookingDate": 1, "text": 2, "debit": 3, "credit": 4, "balance": 5}}
        """,
    ]
}
