//! Products of a catalog. Meta's page `catalogs/sell-products-and-services/share-products`.

use super::{
    super::{
        limits,
        problem::{Pointer, Problems},
        shape::object,
    },
    list::{in_all, section_title},
};

object! {
    /// A product and the catalog that it is in.
    pub struct Product {
        /// The catalog's id.
        pub catalog_id: String,
        /// The product's id in the catalog.
        pub product_retailer_id: String,
    }
}

object! {
    /// Products of one catalog, in sections.
    pub struct ProductSections {
        /// The catalog's id.
        pub catalog_id: String,
        /// One to ten sections, with at most 30 products in all.
        pub sections: Vec<ProductSection>,
    }
}

object! {
    /// Products that belong together.
    pub struct ProductSection {
        /// At most 24 characters; required once there is a second section.
        pub title: Option<String>,
        /// The products.
        pub product_items: Vec<ProductItem>,
    }
}

object! {
    /// A product of the catalog.
    pub struct ProductItem {
        /// The product's id in the catalog.
        pub product_retailer_id: String,
    }
}

object! {
    /// The product whose picture stands for the catalog.
    pub struct Thumbnail {
        /// The product's id in the catalog.
        pub thumbnail_product_retailer_id: String,
    }
}

impl Product {
    pub(in crate::outbound) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.catalog_id, &at.name("catalog_id"));
        problems.filled(&self.product_retailer_id, &at.name("product_retailer_id"));
    }
}

impl ProductSections {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.catalog_id, &at.name("catalog_id"));
        check_sections(&self.sections, &at.name("sections"), problems);
    }
}

impl Thumbnail {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(
            &self.thumbnail_product_retailer_id,
            &at.name("thumbnail_product_retailer_id"),
        );
    }
}

pub(in crate::outbound) fn check_sections(
    sections: &[ProductSection],
    at: &Pointer<'_>,
    problems: &mut Problems,
) {
    problems.count(sections.len(), &(1..=limits::SECTIONS), at);
    let products = sections.iter().map(|section| section.product_items.len()).sum();
    in_all(products, limits::PRODUCTS, "products", at, problems);
    for (index, section) in sections.iter().enumerate() {
        let at = at.index(index);
        section_title(section.title.as_deref(), sections.len(), &at, problems);
        let at = at.name("product_items");
        problems.count(section.product_items.len(), &(1..=usize::MAX), &at);
        for (index, item) in section.product_items.iter().enumerate() {
            let at = at.index(index);
            problems.filled(&item.product_retailer_id, &at.name("product_retailer_id"));
        }
    }
}
