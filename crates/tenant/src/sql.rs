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

/// A statement's text, known by its type. `{}` stands for each value, in order; `$n`
/// names the n-th one again.
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
        let mut begin = 0;
        for cut in &Cuts::<S>::AT.0[..Cuts::<S>::AT.1] {
            out.push_sql(&S::TEXT[begin..*cut]);
            if let Some(value) = values.next() {
                value.walk_ast(out.reborrow())?;
            }
            begin = cut + HOLE.len();
        }
        out.push_sql(&S::TEXT[begin..]);
        Ok(())
    }
}

/// What stands for a value.
const HOLE: &str = "{}";
/// Values of one statement at most; more do not compile.
const MOST: usize = 40;

/// Where a text's values go, found when this is compiled: diesel goes through a
/// statement several times each time it runs.
struct Cuts<S>(PhantomData<S>);

impl<S: Sql> Cuts<S> {
    const AT: ([usize; MOST], usize) = {
        let text = S::TEXT.as_bytes();
        let (mut cuts, mut count, mut at) = ([0; MOST], 0, 0);
        while at + 1 < text.len() {
            if text[at] == b'{' && text[at + 1] == b'}' {
                cuts[count] = at;
                count += 1;
                at += 1;
            }
            at += 1;
        }
        (cuts, count)
    };
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
