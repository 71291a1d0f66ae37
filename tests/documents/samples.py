"""One believable context for each document, as its maker freezes it: plain JSON."""

from typing import Any

Context = dict[str, Any]

OPERATOR = {
    "name": "株式会社許諾",
    "address": "東京都千代田区神田神保町1-2-3",
    "country": "JP",
    "registration_number": "T1234567890123",
}
KAEDE = {"name": "スタジオ楓", "address": "東京都武蔵野市吉祥寺本町4-5-6", "country": "JP"}
TENSOR = {
    "name": "Tensor Labs Inc.",
    "address": "500 Market Street\nSan Francisco, CA 94105",
    "country": "US",
}
HASH = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

TERMS: Context = {
    "schema": "terms/1",
    "currency": "JPY",
    "grant": {
        "works": {"select": "repertoire", "exclude": ["work_4mzq7x2k5a3hd6wt"]},
        "uses": ["ai-train", "fine-tune"],
        "models": [{"family": "vista", "versions": ["2"]}],
        "territory": ["JP", "US"],
        "media": ["video"],
        "exclusive": False,
        "starts_on": "2026-10-01",
        "ends_on": "2029-09-30",
        "after_term": "delete",
    },
    "prices": [
        {
            "id": "tokens",
            "uses": ["ai-train"],
            "unit": "token",
            "model": "graduated",
            "per": "1000000",
            "tiers": [
                {"up_to": "1000000000", "unit_price": "12.50"},
                {"up_to": None, "unit_price": "9.00", "flat_fee": "0"},
            ],
            "tally": "year",
            "zero_usage": "free",
            "factors": [{"when": {"territory": ["JP"]}, "times": "1.5"}],
        },
        {"id": "pages", "model": "per_unit", "unit": "page", "per": "1000", "unit_price": "3.20"},
        {"id": "access", "model": "flat", "amount": "5000000", "due": "once"},
        {"id": "titles", "model": "per_work", "amount": "5000", "count": "licensed"},
        {
            "id": "share",
            "model": "revenue_share",
            "unit": "revenue",
            "rate": "0.30",
            "maximum": "90000000",
        },
    ],
    "advance": {"amount": "3000000", "release": "on_receipt"},
    "minimum_guarantee": {"amount": "12000000", "window": "year"},
    "cap": None,
    "distribution": {"key": "usage"},
    "fees": [{"to": "collective", "rate": "0.095"}, {"to": "operator", "rate": "0.03"}],
    "reserve": None,
    "reporting": {"cadence": "month", "due_days": 20},
    "payment": {"due_days": 30, "late_interest": "0.06"},
    "dispute_days": 60,
    "duties": {
        "attribution": True,
        "output_limit_words": 200,
        "audit": {"notice_days": 30, "look_back_years": 3},
    },
}

AGREEMENT: Context = {
    "number": "lic_7qk2m5xw3hd4zt6a",
    "hash": HASH,
    "issuer": OPERATOR,
    "licensor": KAEDE | {"acts_for": None},
    "licensee": TENSOR,
    "terms": TERMS,
    "canonical": '{"advance":{"amount":"3000000","release":"on_receipt"},"cap":null}',
    "repertoire_count": 214,
    "signatures": [
        {
            "party": "スタジオ楓",
            "name": "佐藤 葵",
            "role": "",
            "email": "aoi@kaede.example",
            "at": "2026-09-20T05:12:00+00:00",
            "hash": HASH,
        },
        {
            "party": "Tensor Labs Inc.",
            "name": "Sam Ito",
            "role": "General Counsel",
            "email": "sam@tensor.example",
            "at": "2026-09-21T17:40:00+00:00",
            "hash": HASH,
        },
    ],
}

# 52,146.50 USD and 1,000.00 USD, of which the second alone is taxed: 10 % of 1,000.00 is 100.00.
INVOICE: Context = {
    "kind": "invoice",
    "number": "INV-2026-000123",
    "corrects": None,
    "issued_on": "2026-11-05",
    "due_on": "2026-12-05",
    "period": "2026-10",
    "currency": "USD",
    "issuer": OPERATOR,
    "customer": TENSOR | {"reference": "PO 4471"},
    "lines": [
        {
            "description": "c4 / en: tokens",
            "detail": "lic_7qk2m5xw3hd4zt6a",
            "quantity": "20858600725",
            "unit": "token",
            "tax_rate": "0",
            "amount_minor": 5_214_650,
        },
        {"description": "Repertoire access", "tax_rate": "0.10", "amount_minor": 100_000},
    ],
    "taxes": [
        {"rate": "0.10", "net_minor": 100_000, "tax_minor": 10_000},
        {"rate": "0", "net_minor": 5_214_650, "tax_minor": 0, "wording": "輸出免税"},
    ],
    "net_minor": 5_314_650,
    "tax_minor": 10_000,
    "total_minor": 5_324_650,
    "payment": [{"label": "IBAN", "value": "JP00 0000 0000 0000"}],
    "notes": [],
}

# 741,269.52 charged; 3 % to the operator is 22,238.09; other holders' parts 612,004.31; the rest
# 107,027.12 is earned; 7,027.12 of it goes to the advance, so 100,000.00 is payable.
STATEMENT: Context = {
    "number": "stm_k5e2s4o7mzc3f6bt",
    "period": "2026-10",
    "issued_on": "2026-11-05",
    "currency": "USD",
    "hash": HASH.removeprefix("sha256:"),
    "issuer": OPERATOR,
    "payee": KAEDE,
    "opening_minor": 250_000,
    "closing_minor": 10_250_000,
    "waterfall": [
        {"step": "gross", "amount_minor": 74_126_952, "kind": "total"},
        {"step": "operator_fee", "amount_minor": -2_223_809},
        {"step": "other_shares", "amount_minor": -61_200_431},
        {"step": "earned", "amount_minor": 10_702_712, "kind": "total"},
        {"step": "recouped", "amount_minor": -702_712},
        {"step": "payable", "amount_minor": 10_000_000, "kind": "total"},
    ],
    "groups": [
        {
            "licence": "lic_7qk2m5xw3hd4zt6a",
            "licensee": "Tensor Labs Inc. · dolma 1.7",
            "references": ["KD-2026-014", "TL-88"],
            "is_adjustment": False,
            "subtotal_minor": 10_602_712,
            "lines": [
                {
                    "price": "tokens",
                    "unit": "token",
                    "quantity": "296507808210",
                    "rate_text": "$2.50 / 1,000,000",
                    "charge_minor": 74_126_952,
                    "share": "17.30%",
                    "gross_minor": 12_826_521,
                    "deducted_minor": 2_223_809,
                    "amount_minor": 10_602_712,
                },
            ],
        },
        {
            "licence": "lic_7qk2m5xw3hd4zt6a",
            "licensee": "Tensor Labs Inc. · dolma 1.7",
            "references": ["KD-2026-014", "TL-88"],
            "is_adjustment": True,
            "subtotal_minor": 100_000,
            "lines": [
                {
                    "price": "tokens",
                    "unit": "token",
                    "quantity": "400000",
                    "rate_text": "$2.50 / 1,000,000",
                    "charge_minor": 100_000,
                    "share": "100.00%",
                    "gross_minor": 100_000,
                    "deducted_minor": 0,
                    "amount_minor": 100_000,
                    "period": "2026-09",
                },
            ],
        },
    ],
    "subtotals": [],
    "rest": None,
    "line_count": 2,
    "total_minor": 10_702_712,
    "notes": [],
}

REMITTANCE: Context = {
    "payout": "po_a3n6y7uvj2r5wq4d",
    "reference": "po_1Q2w3E",
    "operator": OPERATOR,
    "payee": KAEDE,
    "paid_on": "2026-11-20",
    "due_on": "2026-11-20",
    "currency": "JPY",
    "statements": [
        {"statement": "stm_k5e2s4o7mzc3f6bt", "period": "2026-10", "amount_minor": 1_000_000}
    ],
    "gross_minor": 1_000_000,
    "withholding_minor": 102_100,
    "net_minor": 897_900,
    "jurisdiction": "JP",
}

NOTICE: Context = {
    "number": "ntc_m4d7w2k6q3z5h7tb",
    "issuer": OPERATOR,
    "licensor": KAEDE,
    "licensee": TENSOR,
    "licence": "lic_7qk2m5xw3hd4zt6a",
    "title": "Backlist for Vista 2",
    "signed_on": "2026-10-01",
    "months": ["2026-10", "2026-11", "2026-12"],
    "due_on": "2027-01-20",
    "deadline_on": "2027-02-04",
    "issued_on": "2027-01-21",
}

SAMPLES: dict[str, Context] = {
    "agreement": AGREEMENT,
    "invoice": INVOICE,
    "notice": NOTICE,
    "remittance": REMITTANCE,
    "statement": STATEMENT,
}
