use super::*;

#[test]
fn images_name_components() {
    let requirement = |image| Catalogue::for_image(image).expect("known").requirement;
    assert_eq!(
        requirement("postgres:17"),
        Requirement::range(Version::new(17, 0, 0), Version::new(18, 0, 0))
    );
    assert_eq!(
        requirement("docker.io/library/redis:7.2-alpine"),
        Requirement::range(Version::new(7, 2, 0), Version::new(7, 3, 0))
    );
    assert_eq!(requirement("traefik:v3.7"), components::traefik().requirement);
    assert_eq!(requirement("redis"), components::redis().requirement);
}
