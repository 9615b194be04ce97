-- name: byKey
select id, company_name, contact_name, contact_title, address, city, postal_code, region, country, phone, fax
from customers
where id = :id;

-- name: page
select
  id, order_date, required_date, shipped_date, ship_via, freight, ship_name, ship_city, ship_region,
  ship_postal_code, ship_country, customer_id, employee_id
from orders
order by id desc
limit 50 offset :offset;

-- name: search
select id, company_name, contact_name, contact_title, address, city, region, postal_code, country, phone
from suppliers
where company_name like :term;

-- name: tree
select
  o.id as o_id, o.order_date as o_order_date, o.required_date as o_required_date,
  o.shipped_date as o_shipped_date, o.ship_via as o_ship_via, o.freight as o_freight,
  o.ship_name as o_ship_name, o.ship_city as o_ship_city, o.ship_region as o_ship_region,
  o.ship_postal_code as o_ship_postal_code, o.ship_country as o_ship_country, o.customer_id as o_customer_id,
  o.employee_id as o_employee_id, d.id, d.order_id, d.product_id, d.unit_price, d.quantity, d.discount,
  p.id as p_id, p.name as p_name, p.quantity_per_unit as p_quantity_per_unit, p.unit_price as p_unit_price,
  p.units_in_stock as p_units_in_stock, p.units_on_order as p_units_on_order,
  p.reorder_level as p_reorder_level, p.discontinued as p_discontinued, p.supplier_id as p_supplier_id
from orders o
left join order_details d on d.order_id = o.id
left join products p on p.id = d.product_id
where o.id = :id;

-- name: aggregate
select o.id, o.ship_name, o.ship_city, o.ship_country, count(d.id) as "products_count: number",
  sum(d.quantity) as "quantity_sum: number", sum(d.quantity * d.unit_price) as total_price
from orders o
left join order_details d on d.order_id = o.id
where o.id > :after and o.id <= :upTo
group by o.id
order by o.id;

-- name: update
update accounts set balance = :balance, version = :version where id = :id;

-- name: readBalance
select balance from accounts where id = :id;

-- name: debit
update accounts set balance = balance - :amount where id = :id;

-- name: credit
update accounts set balance = balance + :amount where id = :id;

-- name: insert
insert into audit (account_id, kind, message, amount, created_at)
values (:account_id, :kind, :message, :amount, :created_at)
returning id;

-- name: inList
select
  id, order_date, required_date, shipped_date, ship_via, freight, ship_name, ship_city, ship_region,
  ship_postal_code, ship_country, customer_id, employee_id
from orders
where id in (:ids)
order by id;
