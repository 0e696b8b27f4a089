//! Statements written as SQL that stay prepared. Diesel prepares its own
//! `sql_query` anew at every call, which costs a round trip and a plan; what runs
//! for every webhook cannot afford either.

use std::marker::PhantomData;

use diesel::{
    expression::{AsExpression, TypedExpressionType},
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::{SqlType, Untyped},
};

/// A statement's text, known by its type. `{}` stands for each value, in order.
pub(crate) trait Sql: Send + Sync + 'static {
    /// The text. A literal `{}` cannot occur in it otherwise.
    const TEXT: &'static str;
}

/// A statement with its values.
pub(crate) struct Statement<'v, S> {
    values: Vec<Box<dyn QueryFragment<Pg> + Send + Sync + 'v>>,
    text: PhantomData<fn() -> S>,
}

impl<'v, S: Sql> Statement<'v, S> {
    /// The statement, without values yet.
    pub(crate) fn new() -> Self {
        Self {
            values: Vec::new(),
            text: PhantomData,
        }
    }

    /// Gives the next `{}` its value.
    #[must_use]
    pub(crate) fn bind<T, V>(mut self, value: V) -> Self
    where
        T: SqlType + TypedExpressionType,
        V: AsExpression<T>,
        V::Expression: QueryFragment<Pg> + Send + Sync + 'v,
    {
        self.values.push(Box::new(value.as_expression()));
        self
    }
}

impl<S: Sql> QueryFragment<Pg> for Statement<'_, S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut values = self.values.iter();
        for (number, part) in S::TEXT.split("{}").enumerate() {
            if number > 0
                && let Some(value) = values.next()
            {
                value.walk_ast(out.reborrow())?;
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

/// What a prepared statement is found by.
pub(crate) struct Named<S>(PhantomData<S>);

impl<S: Sql> QueryId for Statement<'_, S> {
    type QueryId = Named<S>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S> Query for Statement<'_, S> {
    type SqlType = Untyped;
}

impl<S, C> diesel::RunQueryDsl<C> for Statement<'_, S> {}
