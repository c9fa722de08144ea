-- A return may be an order in the book: the received currency buys that in which the payer paid.
ALTER TABLE returns ADD COLUMN order_payment_id bigint NOT NULL DEFAULT 0;

-- The return that an order is, and what a node reads when it starts.
CREATE UNIQUE INDEX returns_by_order ON returns (order_payment_id) WHERE order_payment_id > 0;

COMMENT ON COLUMN returns.amount IS
    'Minor units of the currency in which the payment was received; of an order what it may give'
    ' back. What it did give back its own payment says.';
COMMENT ON COLUMN returns.debit_account IS 'Of the creditor''s side; 0 of an order.';
COMMENT ON COLUMN returns.credit_account IS 'Of the payer''s side; 0 of an order.';
COMMENT ON COLUMN returns.order_payment_id IS
    'The payment of the order; 0 of a return that moved the money itself.';
