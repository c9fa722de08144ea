-- Sums that would otherwise be counted over every payment and every fill there ever was.

CREATE TABLE corridor_totals (
    foreign_currency text    PRIMARY KEY,
    settled          bigint  NOT NULL,
    cancelled        bigint  NOT NULL,
    rejected         bigint  NOT NULL,
    fills            bigint  NOT NULL,
    renminbi         numeric NOT NULL,
    foreign_amount   numeric NOT NULL,
    renminbi_fees    numeric NOT NULL,
    foreign_fees     numeric NOT NULL
) WITH (fillfactor = 50); -- room for new row versions beside the old ones

INSERT INTO corridor_totals
SELECT
    currency_of(number), coalesce(settled, 0), coalesce(cancelled, 0), coalesce(rejected, 0),
    coalesce(fills, 0), coalesce(renminbi, 0), coalesce(foreign_amount, 0),
    coalesce(renminbi_fees, 0), coalesce(foreign_fees, 0)
FROM (
    SELECT
        (codes >> 16 & 255)::integer AS number,
        count(*) FILTER (WHERE codes & 255 = 7) AS settled,
        count(*) FILTER (WHERE codes & 255 = 8) AS cancelled,
        count(*) FILTER (WHERE codes & 255 = 9) AS rejected
    FROM payment_rows GROUP BY 1
) AS ended
FULL JOIN (
    SELECT
        (codes & 255)::integer AS number, count(*) AS fills, sum(renminbi_amount) AS renminbi,
        sum(foreign_amount) AS foreign_amount, sum(renminbi_fee) AS renminbi_fees,
        sum(foreign_fee) AS foreign_fees
    FROM fill_rows GROUP BY 1
) AS filled USING (number);

COMMENT ON TABLE corridor_totals IS
    'What each corridor has seen: payments that ended, and fills. Changed with the rows it sums.';
COMMENT ON COLUMN corridor_totals.settled IS 'Payments at ACSC; open ones are counted nowhere here.';
COMMENT ON COLUMN corridor_totals.cancelled IS 'Payments at CANC.';
COMMENT ON COLUMN corridor_totals.rejected IS 'Payments at RJCT.';
COMMENT ON COLUMN corridor_totals.renminbi IS 'Fen, of all fills; may exceed 64 bits.';
COMMENT ON COLUMN corridor_totals.foreign_amount IS 'Minor units of the foreign currency.';
