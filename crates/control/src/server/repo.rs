//! Queries over `database_servers`.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DatabaseUrl, DbError, ListError, Page, PageRequest};

use super::{Server, ServerId};
use crate::schema::database_servers;

/// What is known of a server's URL.
pub(super) struct UrlColumns<'a> {
    pub(super) url: &'a DatabaseUrl,
    pub(super) sealed: String,
    pub(super) server_version: &'a str,
}

/// Queries over `database_servers`.
pub struct Servers<'c>(&'c mut Conn<Control>);

impl<'c> Servers<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The servers by name.
    pub async fn list(&mut self, page: &PageRequest) -> Result<Page<Server>, ListError> {
        let mut query = Server::query()
            .order(database_servers::name)
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(name) = page.after::<String>()? {
            query = query.filter(database_servers::name.gt(name));
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |server: &Server| {
            server.name.clone()
        }))
    }

    /// Looks one server up.
    pub async fn find(&mut self, id: ServerId) -> Result<Option<Server>, DbError> {
        let query = Server::query().filter(database_servers::id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Looks one server up by its name.
    pub async fn find_by_name(&mut self, name: &str) -> Result<Option<Server>, DbError> {
        let query = Server::query().filter(database_servers::name.eq(name));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Where databases are made when no server is named; `None` if there is no server.
    pub async fn default(&mut self) -> Result<Option<Server>, DbError> {
        let query = Server::query().filter(database_servers::is_default);
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    pub(super) async fn has_any(&mut self) -> Result<bool, DbError> {
        let any = diesel::select(diesel::dsl::exists(
            database_servers::table.select(database_servers::id),
        ));
        Ok(any.get_result(&mut **self.0).await?)
    }

    pub(super) async fn clear_default(&mut self, now: DateTime<Utc>) -> Result<(), DbError> {
        diesel::update(database_servers::table.filter(database_servers::is_default))
            .set((
                database_servers::is_default.eq(false),
                database_servers::updated_at.eq(now),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    pub(super) async fn insert(
        &mut self,
        id: ServerId,
        name: &str,
        url: &UrlColumns<'_>,
        is_default: bool,
        now: DateTime<Utc>,
    ) -> Result<Server, DbError> {
        let server = diesel::insert_into(database_servers::table)
            .values((
                database_servers::id.eq(id),
                database_servers::name.eq(name),
                database_servers::host.eq(url.url.host().to_lowercase()),
                database_servers::port.eq(i32::from(url.url.port())),
                database_servers::admin_url_sealed.eq(&url.sealed),
                database_servers::server_version.eq(url.server_version),
                database_servers::is_default.eq(is_default),
                database_servers::created_at.eq(now),
                database_servers::updated_at.eq(now),
            ))
            .returning(Server::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(server)
    }

    pub(super) async fn update(
        &mut self,
        server: &Server,
        url: Option<&UrlColumns<'_>>,
        now: DateTime<Utc>,
    ) -> Result<Server, DbError> {
        if let Some(url) = url {
            diesel::update(database_servers::table.find(server.id))
                .set((
                    database_servers::host.eq(url.url.host().to_lowercase()),
                    database_servers::port.eq(i32::from(url.url.port())),
                    database_servers::admin_url_sealed.eq(&url.sealed),
                    database_servers::server_version.eq(url.server_version),
                ))
                .execute(&mut **self.0)
                .await?;
        }
        let server = diesel::update(database_servers::table.find(server.id))
            .set((
                database_servers::name.eq(&server.name),
                database_servers::is_default.eq(server.is_default),
                database_servers::updated_at.eq(now),
            ))
            .returning(Server::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(server)
    }

    pub(super) async fn delete(&mut self, id: ServerId) -> Result<Option<Server>, DbError> {
        let deleted = diesel::delete(database_servers::table.find(id))
            .returning(Server::as_returning())
            .get_result(&mut **self.0)
            .await
            .optional()?;
        Ok(deleted)
    }
}
