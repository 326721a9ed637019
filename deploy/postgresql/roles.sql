-- psql -v owner=… -v engine=… -v runtime=… -f roles.sql, by the administrator: the three roles and their database.
-- owner makes the tables, engine works by set past row security, runtime serves the web and has what migrations grant.
CREATE ROLE minzheng_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE minzheng_engine LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB BYPASSRLS PASSWORD :'engine';
CREATE ROLE minzheng_runtime LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'runtime';
CREATE DATABASE minzheng OWNER minzheng_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE minzheng FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE minzheng TO minzheng_engine, minzheng_runtime;
