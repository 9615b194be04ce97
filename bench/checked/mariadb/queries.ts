// Written by `plinth check`. Commit it, and don't edit it. Its text is 64fa27282d2c27fd.
import { checkedQueries, type CheckedQueries } from "plinth";

declare global {
  namespace Plinth {
    interface Queries {}
    interface NamedQueries {}
  }
}

export interface FileQueries {
  aggregate: {
    params: { after: number; upTo: number };
    row: {
      id: number;
      ship_name: string;
      ship_city: string;
      ship_country: string;
      products_count: number;
      quantity_sum: number | null;
      total_price: number | null;
    };
  };
  byKey: {
    params: { id: number };
    row: {
      id: number;
      company_name: string;
      contact_name: string;
      contact_title: string;
      address: string;
      city: string;
      postal_code: string | null;
      region: string | null;
      country: string;
      phone: string;
      fax: string | null;
    };
  };
  credit: {
    params: { amount: bigint | boolean | Date | number | string | Uint8Array | null; id: number };
    row: never;
  };
  debit: {
    params: { amount: bigint | boolean | Date | number | string | Uint8Array | null; id: number };
    row: never;
  };
  inList: {
    params: { ids: readonly number[] };
    row: {
      id: number;
      order_date: Date;
      required_date: Date;
      shipped_date: Date | null;
      ship_via: number;
      freight: number;
      ship_name: string;
      ship_city: string;
      ship_region: string | null;
      ship_postal_code: string | null;
      ship_country: string;
      customer_id: number;
      employee_id: number;
    };
  };
  insert: {
    params: {
      account_id: number;
      kind: string;
      message: string;
      amount: number;
      created_at: number;
    };
    row: { id: number };
  };
  page: {
    params: { offset: number };
    row: {
      id: number;
      order_date: Date;
      required_date: Date;
      shipped_date: Date | null;
      ship_via: number;
      freight: number;
      ship_name: string;
      ship_city: string;
      ship_region: string | null;
      ship_postal_code: string | null;
      ship_country: string;
      customer_id: number;
      employee_id: number;
    };
  };
  readBalance: {
    params: { id: number };
    row: { balance: number };
  };
  search: {
    params: { term: string };
    row: {
      id: number;
      company_name: string;
      contact_name: string;
      contact_title: string;
      address: string;
      city: string;
      region: string | null;
      postal_code: string;
      country: string;
      phone: string;
    };
  };
  tree: {
    params: { id: number };
    row: {
      o_id: number;
      o_order_date: Date;
      o_required_date: Date;
      o_shipped_date: Date | null;
      o_ship_via: number;
      o_freight: number;
      o_ship_name: string;
      o_ship_city: string;
      o_ship_region: string | null;
      o_ship_postal_code: string | null;
      o_ship_country: string;
      o_customer_id: number;
      o_employee_id: number;
      id: number | null;
      order_id: number | null;
      product_id: number | null;
      unit_price: number | null;
      quantity: number | null;
      discount: number | null;
      p_id: number | null;
      p_name: string | null;
      p_quantity_per_unit: string | null;
      p_unit_price: number | null;
      p_units_in_stock: number | null;
      p_units_on_order: number | null;
      p_reorder_level: number | null;
      p_discontinued: number | null;
      p_supplier_id: number | null;
    };
  };
  update: {
    params: { balance: number; version: number; id: number };
    row: never;
  };
}

export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({
  format: 1,
  databases: ["mariadb"],
  types: {
    "bigint(number)": { kind: "bigint", mode: "number" },
    double: { kind: "double" },
    integer: { kind: "integer", bits: 32 },
    text: { kind: "text" },
    "text(12)": { kind: "text", length: 12 },
    "text(20)": { kind: "text", length: 20 },
    "text(24)": { kind: "text", length: 24 },
    "text(40)": { kind: "text", length: 40 },
    "text(80)": { kind: "text", length: 80 },
    timestamp: { kind: "timestamp", mode: "date", precision: 3 },
  },
  texts: {},
  named: {},
  files: {
    aggregate: {
      text: 'select o.id, o.ship_name, o.ship_city, o.ship_country, count(d.id) as "products_count: number",\n  sum(d.quantity) as "quantity_sum: number", sum(d.quantity * d.unit_price) as total_price\nfrom orders o\nleft join order_details d on d.order_id = o.id\nwhere o.id > :after and o.id <= :upTo\ngroup by o.id\norder by o.id',
      databases: {
        mariadb: {
          parameters: [
            ["after", "integer"],
            ["upTo", "integer"],
          ],
          columns: [
            ["id", "integer"],
            ["ship_name", "text(40)"],
            ["ship_city", "text(40)"],
            ["ship_country", "text(40)"],
            ["products_count", "bigint(number)"],
            ["quantity_sum", "bigint(number)"],
            ["total_price", "double"],
          ],
        },
      },
    },
    byKey: {
      text: "select id, company_name, contact_name, contact_title, address, city, postal_code, region, country, phone, fax\nfrom customers\nwhere id = :id",
      databases: {
        mariadb: {
          parameters: [["id", "integer"]],
          columns: [
            ["id", "integer"],
            ["company_name", "text(80)"],
            ["contact_name", "text(80)"],
            ["contact_title", "text(40)"],
            ["address", "text(80)"],
            ["city", "text(40)"],
            ["postal_code", "text(12)"],
            ["region", "text(20)"],
            ["country", "text(40)"],
            ["phone", "text(24)"],
            ["fax", "text(24)"],
          ],
        },
      },
    },
    credit: {
      text: "update accounts set balance = balance + :amount where id = :id",
      databases: {
        mariadb: {
          parameters: [
            ["amount", "unknown", "nullable"],
            ["id", "integer"],
          ],
        },
      },
    },
    debit: {
      text: "update accounts set balance = balance - :amount where id = :id",
      databases: {
        mariadb: {
          parameters: [
            ["amount", "unknown", "nullable"],
            ["id", "integer"],
          ],
        },
      },
    },
    inList: {
      text: "select\n  id, order_date, required_date, shipped_date, ship_via, freight, ship_name, ship_city, ship_region,\n  ship_postal_code, ship_country, customer_id, employee_id\nfrom orders\nwhere id in (:ids)\norder by id",
      databases: {
        mariadb: {
          parameters: [["ids", "integer"]],
          columns: [
            ["id", "integer"],
            ["order_date", "timestamp"],
            ["required_date", "timestamp"],
            ["shipped_date", "timestamp"],
            ["ship_via", "integer"],
            ["freight", "double"],
            ["ship_name", "text(40)"],
            ["ship_city", "text(40)"],
            ["ship_region", "text(20)"],
            ["ship_postal_code", "text(12)"],
            ["ship_country", "text(40)"],
            ["customer_id", "integer"],
            ["employee_id", "integer"],
          ],
        },
      },
    },
    insert: {
      text: "insert into audit (account_id, kind, message, amount, created_at)\nvalues (:account_id, :kind, :message, :amount, :created_at)\nreturning id",
      databases: {
        mariadb: {
          parameters: [
            ["account_id", "integer"],
            ["kind", "text(20)"],
            ["message", "text"],
            ["amount", "double"],
            ["created_at", "integer"],
          ],
          columns: [["id", "integer"]],
        },
      },
    },
    page: {
      text: "select\n  id, order_date, required_date, shipped_date, ship_via, freight, ship_name, ship_city, ship_region,\n  ship_postal_code, ship_country, customer_id, employee_id\nfrom orders\norder by id desc\nlimit 50 offset :offset",
      databases: {
        mariadb: {
          parameters: [["offset", "bigint(number)"]],
          columns: [
            ["id", "integer"],
            ["order_date", "timestamp"],
            ["required_date", "timestamp"],
            ["shipped_date", "timestamp"],
            ["ship_via", "integer"],
            ["freight", "double"],
            ["ship_name", "text(40)"],
            ["ship_city", "text(40)"],
            ["ship_region", "text(20)"],
            ["ship_postal_code", "text(12)"],
            ["ship_country", "text(40)"],
            ["customer_id", "integer"],
            ["employee_id", "integer"],
          ],
        },
      },
    },
    readBalance: {
      text: "select balance from accounts where id = :id",
      databases: {
        mariadb: { parameters: [["id", "integer"]], columns: [["balance", "integer"]] },
      },
    },
    search: {
      text: "select id, company_name, contact_name, contact_title, address, city, region, postal_code, country, phone\nfrom suppliers\nwhere company_name like :term",
      databases: {
        mariadb: {
          parameters: [["term", "text(80)"]],
          columns: [
            ["id", "integer"],
            ["company_name", "text(80)"],
            ["contact_name", "text(80)"],
            ["contact_title", "text(40)"],
            ["address", "text(80)"],
            ["city", "text(40)"],
            ["region", "text(20)"],
            ["postal_code", "text(12)"],
            ["country", "text(40)"],
            ["phone", "text(24)"],
          ],
        },
      },
    },
    tree: {
      text: "select\n  o.id as o_id, o.order_date as o_order_date, o.required_date as o_required_date,\n  o.shipped_date as o_shipped_date, o.ship_via as o_ship_via, o.freight as o_freight,\n  o.ship_name as o_ship_name, o.ship_city as o_ship_city, o.ship_region as o_ship_region,\n  o.ship_postal_code as o_ship_postal_code, o.ship_country as o_ship_country, o.customer_id as o_customer_id,\n  o.employee_id as o_employee_id, d.id, d.order_id, d.product_id, d.unit_price, d.quantity, d.discount,\n  p.id as p_id, p.name as p_name, p.quantity_per_unit as p_quantity_per_unit, p.unit_price as p_unit_price,\n  p.units_in_stock as p_units_in_stock, p.units_on_order as p_units_on_order,\n  p.reorder_level as p_reorder_level, p.discontinued as p_discontinued, p.supplier_id as p_supplier_id\nfrom orders o\nleft join order_details d on d.order_id = o.id\nleft join products p on p.id = d.product_id\nwhere o.id = :id",
      databases: {
        mariadb: {
          parameters: [["id", "integer"]],
          columns: [
            ["o_id", "integer"],
            ["o_order_date", "timestamp"],
            ["o_required_date", "timestamp"],
            ["o_shipped_date", "timestamp"],
            ["o_ship_via", "integer"],
            ["o_freight", "double"],
            ["o_ship_name", "text(40)"],
            ["o_ship_city", "text(40)"],
            ["o_ship_region", "text(20)"],
            ["o_ship_postal_code", "text(12)"],
            ["o_ship_country", "text(40)"],
            ["o_customer_id", "integer"],
            ["o_employee_id", "integer"],
            ["id", "integer"],
            ["order_id", "integer"],
            ["product_id", "integer"],
            ["unit_price", "double"],
            ["quantity", "integer"],
            ["discount", "double"],
            ["p_id", "integer"],
            ["p_name", "text(80)"],
            ["p_quantity_per_unit", "text(40)"],
            ["p_unit_price", "double"],
            ["p_units_in_stock", "integer"],
            ["p_units_on_order", "integer"],
            ["p_reorder_level", "integer"],
            ["p_discontinued", "integer"],
            ["p_supplier_id", "integer"],
          ],
        },
      },
    },
    update: {
      text: "update accounts set balance = :balance, version = :version where id = :id",
      databases: {
        mariadb: {
          parameters: [
            ["balance", "integer"],
            ["version", "integer"],
            ["id", "integer"],
          ],
        },
      },
    },
  },
});
